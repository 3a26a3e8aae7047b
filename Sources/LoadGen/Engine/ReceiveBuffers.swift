/// How much libcurl reads at once, by what the target's last body needed. One for each loop thread.
///
/// libcurl 7.88 allocates the buffer with each request: 128 KiB of them for a body of 1 KiB cost a sixteenth of the request,
/// and push the others' out of the cache. Costs 8 bytes a target.
struct ReceiveBuffers {
  /// libcurl's own.
  static let least = 16 * 1024
  /// Room for the head that comes with the body.
  private static let head = 4 * 1024

  private let most: Int
  /// By target; 0 while none has brought a whole body.
  private var sizes: [Int]

  /// - Parameters:
  ///   - targets: their number.
  ///   - most: what a body that is larger is read with, and one that nobody knows.
  init(targets: Int, most: Int) {
    self.most = max(Self.least, most)
    sizes = Array(repeating: 0, count: max(0, targets))
  }

  func size(target: Int) -> Int {
    guard sizes.indices.contains(target), sizes[target] > 0 else { return most }
    return sizes[target]
  }

  /// A whole body of this target had so many bytes.
  mutating func note(target: Int, bytes: Int64) {
    guard sizes.indices.contains(target) else { return }
    var size = Self.least
    while size < most, Int64(size &- Self.head) < bytes { size &*= 2 }
    sizes[target] = min(size, most)
  }
}
