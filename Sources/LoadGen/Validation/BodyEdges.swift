/// Keeps the first and the last bytes of a body for evidence. No allocation per chunk: both buffers keep their room from
/// body to body.
struct BodyEdges {
  private(set) var head: [UInt8] = []
  private(set) var tail: [UInt8] = []

  init() { reset() }

  mutating func reset() {
    head.removeAll(keepingCapacity: true)
    tail.removeAll(keepingCapacity: true)
    head.reserveCapacity(Evidence.headLimit)
    tail.reserveCapacity(2 * Evidence.tailLimit)
  }

  mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    if head.count < Evidence.headLimit { head.append(contentsOf: bytes.prefix(Evidence.headLimit - head.count)) }
    let last = bytes.suffix(Evidence.tailLimit)
    let surplus = tail.count + last.count - Evidence.tailLimit
    if surplus > 0 { tail.removeFirst(surplus) }
    tail.append(contentsOf: last)
  }
}
