/// Keeps the first and the last bytes of a body for evidence.
///
/// A class with memory of its own, made once for a lane: `receive` runs for every piece of every body, and neither
/// allocates nor moves more than `Evidence.tailLimit` bytes once the head is full.
final class BodyEdges {
  private let headBytes = UnsafeMutableRawPointer.allocate(byteCount: Evidence.headLimit, alignment: 1)
  private let tailBytes = UnsafeMutableRawPointer.allocate(byteCount: Evidence.tailLimit, alignment: 1)
  private var headCount = 0
  private var tailCount = 0

  deinit {
    headBytes.deallocate()
    tailBytes.deallocate()
  }

  /// At most `Evidence.headLimit` bytes.
  var head: [UInt8] { Array(UnsafeRawBufferPointer(start: headBytes, count: headCount)) }
  /// At most `Evidence.tailLimit` bytes.
  var tail: [UInt8] { Array(UnsafeRawBufferPointer(start: tailBytes, count: tailCount)) }

  func reset() {
    headCount = 0
    tailCount = 0
  }

  func receive(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    if headCount < Evidence.headLimit {
      let count = min(bytes.count, Evidence.headLimit &- headCount)
      headBytes.advanced(by: headCount).copyMemory(from: base, byteCount: count)
      headCount &+= count
    }
    let new = min(bytes.count, Evidence.tailLimit)
    let kept = min(tailCount, Evidence.tailLimit &- new)
    if kept > 0, kept < tailCount {
      tailBytes.copyMemory(from: tailBytes.advanced(by: tailCount &- kept), byteCount: kept)
    }
    tailBytes.advanced(by: kept).copyMemory(from: base.advanced(by: bytes.count &- new), byteCount: new)
    tailCount = kept &+ new
  }
}
