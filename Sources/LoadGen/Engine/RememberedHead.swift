#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The last head of a lane as it arrived, and what was read from it: a target's heads are mostly the same, but for a Date
/// that changes once a second, and comparing bytes is cheaper than making the strings of their fields again.
///
/// A head is compared line by line with the last one. As long as it is the same nothing is read; at its end everything is known.
/// At the first line that differs, the lines before it are read after all (`takeCompared`), and written down with the rest for the
/// next head. Bounded by `limit`: a longer head is read each time.
struct RememberedHead {
  enum Comparison {
    /// This line and those before it stood in the last head.
    case same
    /// And it was that head's last.
    case sameToTheEnd(HeadCollector.Lines)
    /// The line has to be read, after what was only compared.
    case other
  }

  /// Bytes of a head.
  static let limit = 4 * 1024

  /// Lines as they arrived, one after the other, and where each ends.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// What all of them say; nil while they are being written.
  private var lines: HeadCollector.Lines?
  /// Of the running head, while it is the same: lines and their bytes.
  private var comparedLines = 0
  private var comparedBytes = 0
  private var isSame = false
  private var isTooLong = false

  /// A head begins.
  mutating func begin() {
    isSame = lines != nil
    comparedLines = 0
    comparedBytes = 0
    if !isSame { forget() }
  }

  mutating func compare(_ line: UnsafeRawBufferPointer) -> Comparison {
    guard isSame, let lines, comparedLines < ends.count else { return .other }
    let end = ends[comparedLines]
    guard line.count == end &- comparedBytes, isSame(line, from: comparedBytes) else { return .other }
    comparedLines &+= 1
    comparedBytes = end
    return comparedLines == ends.count ? .sameToTheEnd(lines) : .same
  }

  /// The lines of the running head that were only compared, to be read, and written, again. Nil without any.
  mutating func takeCompared() -> (bytes: [UInt8], ends: ArraySlice<Int>)? {
    guard isSame else { return nil }
    isSame = false
    let taken = (bytes, ends.prefix(comparedLines))
    forget()
    return taken.1.isEmpty ? nil : taken
  }

  mutating func write(_ line: UnsafeRawBufferPointer) {
    guard !isTooLong, bytes.count &+ line.count <= Self.limit else {
      isTooLong = true
      return
    }
    bytes.append(contentsOf: line)
    ends.append(bytes.count)
  }

  /// The head's last line was written, and this is what they say.
  mutating func end(_ lines: HeadCollector.Lines) { self.lines = isTooLong ? nil : lines }

  private mutating func forget() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    lines = nil
    isTooLong = false
  }

  private func isSame(_ line: UnsafeRawBufferPointer, from start: Int) -> Bool {
    bytes.withUnsafeBytes { known in
      guard let left = known.baseAddress, let right = line.baseAddress else { return line.isEmpty }
      return memcmp(left + start, right, line.count) == 0
    }
  }
}
