import Foundation
import Testing

@testable import ProxyTUI

/// Several screens of one size in one file of `Snapshots`, each under a line that names it. `RECORD_SNAPSHOTS=1` writes them
/// anew, to be looked at before they are kept.
enum GoldenStreamScreens {
  static func check(_ screens: [(title: String, frame: Frame)], _ name: String) throws {
    for screen in screens { #expect(screen.frame.isDrawable, "\(screen.title)") }
    let text = screens.map { "==== \($0.title)\n" + $0.frame.text }.joined()
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
