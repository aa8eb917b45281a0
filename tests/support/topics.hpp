#pragma once

#include <cstdint>
#include <string>

namespace rollcall::test {

// A topic of its own on the test's Kafka, deleted with this object.
class TestTopic {
 public:
  // The name begins with `label` and is unique.
  TestTopic(const std::string& label, int partitions);
  ~TestTopic();
  TestTopic(const TestTopic&) = delete;
  TestTopic& operator=(const TestTopic&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int partitions() const { return partitions_; }

  void remove();
  // A new topic under the old name; 0: with as many partitions.
  void create_again(int partitions = 0);
  void add_partitions(int total);
  // As retention does: everything before that offset is gone.
  void delete_records_before(int partition, std::int64_t offset) const;

 private:
  void create();

  std::string name_;
  int partitions_;
  bool removed_ = false;
};

}  // namespace rollcall::test
