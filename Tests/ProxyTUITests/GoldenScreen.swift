import Foundation
import Testing

@testable import ProxyTUI

/// Whole screens as text files in `Snapshots`; `RECORD_SNAPSHOTS=1` writes them anew, to be looked at before they are kept.
enum GoldenScreen {
  /// What stands between the screens of a file.
  private static let divider = String(repeating: "=", count: 40) + "\n"

  static func check(_ frames: [Frame], _ name: String, withRoles: Bool = false) throws {
    for frame in frames { #expect(frame.isDrawable) }
    let text = frames.map { withRoles ? $0.text + "----\n" + $0.roles : $0.text }.joined(separator: divider)
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: file)
      return
    }
    let kept = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == kept, "\(name).txt differs; RECORD_SNAPSHOTS=1 records it anew")
  }
}
