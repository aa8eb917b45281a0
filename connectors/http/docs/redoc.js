// Shows openapi.json of this very server in Redoc.
"use strict";
Redoc.init(
  "openapi.json",
  { expandResponses: "200,201", hideHostname: true, pathInMiddlePanel: true, sortRequiredPropsFirst: true },
  document.getElementById("page"),
);
