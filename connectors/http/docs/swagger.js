// Shows openapi.json of this very server in Swagger UI.
"use strict";
SwaggerUIBundle({
  dom_id: "#page",
  url: "openapi.json",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  displayRequestDuration: true,
  validatorUrl: null, // would send the description to somebody else's server
});
