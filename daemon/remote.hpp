#pragma once

#include <string>
#include <string_view>

#include "connectors/client/http_client.hpp"
#include "daemon/client_arguments.hpp"
#include "daemon/exit_code.hpp"

namespace rollcall {

// How to reach the daemon: flags, then ROLLCALL_URL, ROLLCALL_TOKEN and SSL_CERT_FILE. A configuration failure where that cannot be.
[[nodiscard]] Result<client::ClientOptions> client_options(const ClientArguments& arguments,
                                                           int stop_descriptor = -1);

// A GET whose answer is the wanted one: 200, and JSON. Anything else is a failure.
[[nodiscard]] Result<client::HttpAnswer> get_json(client::HttpClient& client,
                                                  const std::string& target);

// The same for a POST of a JSON body, which may be empty.
[[nodiscard]] Result<client::HttpAnswer> post_json(client::HttpClient& client,
                                                   const std::string& target, std::string body);

// One line on stderr.
void say(std::string_view text);
// Says what went wrong and what can be done, and how the program ends for it.
[[nodiscard]] int give_up(const Failure& failure);

// Data goes to stdout; a full disk or a closed pipe behind it is no success.
[[nodiscard]] bool write_out(std::string_view data);
// How a command ends that did, or did not do, what it was for.
[[nodiscard]] int ended(bool done);
// Writes the last that a command has to say.
[[nodiscard]] int written(std::string_view data);

}  // namespace rollcall
