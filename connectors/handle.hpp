#pragma once

#include <memory>

namespace rollcall {

// A thing of a C library, owned: `destroy` is the library's function that lets go of it.
template <auto destroy>
struct HandleDeleter {
  template <class T>
  void operator()(T* handle) const {
    destroy(handle);
  }
};
template <class T, auto destroy>
using Handle = std::unique_ptr<T, HandleDeleter<destroy>>;

}  // namespace rollcall
