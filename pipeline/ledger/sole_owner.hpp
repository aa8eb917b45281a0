#pragma once

#include <memory>

namespace rollcall {

// Whether `held` is the only reference left, so that its holder may write to what others have read.
// use_count() alone must not decide that: it is a relaxed load, and the last reader on another
// thread may have let go a moment ago. Copying the pointer is an atomic read-modify-write with
// acquire order; it reads from that reader's release, so all its reads have happened before our
// write. Right only where new references are made by the holder's own thread.
template <class T>
[[nodiscard]] bool sole_owner(const std::shared_ptr<T>& held) {
  if (held.use_count() != 1) return false;
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the copy is the fence, see above
  const std::shared_ptr<T> acquired = held;
  return true;
}

}  // namespace rollcall
