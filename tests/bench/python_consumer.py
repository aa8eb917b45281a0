#!/usr/bin/env python3
"""What people write today: confluent-kafka, json and sets, tuned: a long queue, no garbage collector. Prints records/s."""
import collections
import gc
import json
import sys
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition


def main():
    gc.disable()  # nothing here is cyclic; a fifth faster
    brokers, expected, processed, total = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "bench", "enable.auto.commit": False,
                         "enable.auto.offset.store": False, "queued.min.messages": 3_000_000,
                         "queued.max.messages.kbytes": 1_048_576, "fetch.message.max.bytes": 4_194_304})
    metadata = consumer.list_topics()
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic in (expected, processed)
                     for partition in metadata.topics[topic].partitions])
    sets = {expected: collections.defaultdict(set), processed: collections.defaultdict(set)}
    seen, began = 0, None
    while seen < total:
        for message in consumer.consume(10_000, 1.0):
            if message.error():
                raise RuntimeError(message.error())
            began = began or time.monotonic()
            event = json.loads(message.value())
            sets[message.topic()][event["batch"]].add(event["id"])
            seen += 1
    missing = sum(len(ids - sets[processed][batch]) for batch, ids in sets[expected].items())
    print(f"{seen / (time.monotonic() - began):.0f} records/s, {missing} missing")


if __name__ == "__main__":
    main()
