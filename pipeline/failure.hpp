#pragma once

#include <boost/system/result.hpp>
#include <boost/throw_exception.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace rollcall {

// Four kinds, because a caller has four moves.
enum class FailureKind {
  transient,   // back off with jitter, retry, count
  bad_record,  // dead-letter with its position, count, go on
  fenced,      // drop the state, write nothing more, never retry
  fatal,       // say once what a person must do, exit
};

// What went wrong and what a person can do about it. Never carries a secret.
struct Failure {
  FailureKind kind = FailureKind::fatal;
  std::string message;
  std::string advice;  // one sentence in the imperative; empty where nothing can be done
  bool configuration =
      false;  // a fatal one that the configuration causes: exit code 78 instead of 1
};

template <class T>
using Result = boost::system::result<T, Failure>;

inline Failure transient(std::string message) {
  return {FailureKind::transient, std::move(message), {}};
}
inline Failure fenced(std::string message) { return {FailureKind::fenced, std::move(message), {}}; }
inline Failure fatal(std::string message, std::string advice) {
  return {FailureKind::fatal, std::move(message), std::move(advice)};
}
inline Failure misconfigured(std::string message, std::string advice) {
  return {FailureKind::fatal, std::move(message), std::move(advice), true};
}

// Found by argument-dependent look-up when a Result that holds a Failure is asked for its value.
[[noreturn]] BOOST_NORETURN inline void throw_exception_from_error(const Failure& failure,
                                                                   const boost::source_location&) {
  throw std::logic_error("value() of a failed result: " + failure.message);
}

}  // namespace rollcall
