import Foundation

/// A file of a test's own, gone with it.
final class TemporaryFile {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("gztop-test-\(UUID().uuidString)").path
  init(_ data: Data) throws { try data.write(to: URL(fileURLWithPath: path)) }
  convenience init(_ text: String) throws { try self.init(Data(text.utf8)) }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
