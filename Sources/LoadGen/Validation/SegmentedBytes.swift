import CInflate

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The wire bytes of one body, kept in pieces of one MiB. Whoever holds it frees it, once.
struct SegmentedBytes {
  /// Of all pieces but the last.
  static let segmentBytes = 1 << 20

  private var segments: [UnsafeMutableRawBufferPointer] = []
  private(set) var count: Int64 = 0

  func deallocate() { for segment in segments { segment.deallocate() } }

  /// Room of the last segment that is not written yet.
  var room: Int { Int(Int64(segments.reduce(0) { $0 + $1.count }) - count) }

  /// Where the next bytes go when there is no room.
  mutating func addSegment(_ bytes: Int) { segments.append(.allocate(byteCount: bytes, alignment: 16)) }

  /// At most `room` bytes.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let last = segments.last, bytes.count <= room else { return }
    UnsafeMutableRawBufferPointer(rebasing: last[(last.count - room)...]).copyMemory(from: bytes)
    count += Int64(bytes.count)
  }

  /// Only the first `position` bytes count from now on, and nothing is appended any more.
  mutating func forget(from position: Int64) { count = min(count, position) }

  /// Gives back what the last segment has too much.
  mutating func trim() {
    let unused = room
    guard unused > 0, let last = segments.last else { return }
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: last.count - unused, alignment: 16)
    exact.copyMemory(from: UnsafeRawBufferPointer(rebasing: last[..<(last.count - unused)]))
    last.deallocate()
    segments[segments.count - 1] = exact
  }

  /// Whether `bytes` are what stands at `position`.
  func matches(_ bytes: UnsafeRawBufferPointer, at position: Int64) -> Bool {
    guard position >= 0, Int64(bytes.count) <= count - position else { return false }
    // In one piece, as nearly always: this runs for every 16 KiB of every body that is compared.
    let within = Int(position % Int64(Self.segmentBytes))
    if !bytes.isEmpty, let left = bytes.baseAddress, within &+ bytes.count <= Self.segmentBytes {
      let segment = segments[Int(position / Int64(Self.segmentBytes))]
      guard let right = segment.baseAddress, within &+ bytes.count <= segment.count else { return false }
      return memcmp(left, right + within, bytes.count) == 0
    }
    var offset = 0
    return forEachPiece(from: position, to: position + Int64(bytes.count)) { piece in
      guard let left = bytes.baseAddress, let right = piece.baseAddress else { return false }
      defer { offset += piece.count }
      return memcmp(left + offset, right, piece.count) == 0
    }
  }

  /// Brings what stands at `position` into the cache, as far as it is in one segment.
  func prefetch(at position: Int64, count: Int) {
    guard position >= 0, position < self.count else { return }
    let within = Int(position % Int64(Self.segmentBytes))
    let segment = segments[Int(position / Int64(Self.segmentBytes))]
    guard let start = segment.baseAddress, within < segment.count else { return }
    cinflate_prefetch(start + within, min(count, segment.count - within))
  }

  /// The bytes of a range, piece by piece, until `body` says no. Whether it never did.
  @discardableResult
  func forEachPiece(from start: Int64, to end: Int64, _ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    var position = max(0, start)
    let end = min(end, count)
    while position < end {
      let within = Int(position % Int64(Self.segmentBytes))
      let segment = segments[Int(position / Int64(Self.segmentBytes))]
      let length = min(segment.count - within, Int(end - position))
      guard body(UnsafeRawBufferPointer(rebasing: segment[within..<within + length])) else { return false }
      position += Int64(length)
    }
    return true
  }
}
