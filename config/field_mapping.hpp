#pragma once

#include "config/config.hpp"
#include "connectors/json/field_names.hpp"

namespace rollcall {

// A topic's mapping as the decoder takes it. Fields that the topic does not name keep their own
// name.
[[nodiscard]] json::FieldNames field_names(const TopicConfig& topic);

}  // namespace rollcall
