internal import LoadGen

/// How many streams took how long, over time.
struct HeatMap: Sendable, Equatable {
  mutating func add(_ record: StreamRecord) {}
}
