#pragma once

#include "config/config.hpp"
#include "config/node.hpp"
#include "config/option.hpp"
#include "config/reading.hpp"

namespace rollcall::config {

// Sets one option from what was written; on a problem complains and leaves the field as it was.
// Lists and tables may be written as TOML where everything is text, a list of texts also with
// commas.
void apply(const Option& option, const Node& value, const Reading& reading, Config& config);

// The topics that a list of tables declares.
void apply_topics(const Option& option, const Node& list, const Reading& reading, Topics& topics);
// Adds the properties of a table to those that are there; dotted keys may be nested tables or
// quoted.
void apply_properties(const Node& table, const Reading& reading, Properties& properties);
// One property by its name.
void apply_property(std::string name, const Node& value, const Reading& reading,
                    Properties& properties);

}  // namespace rollcall::config
