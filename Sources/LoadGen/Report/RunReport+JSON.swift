public import ToolSupport

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension RunReport {
  /// The JSON form, keys sorted, with a final newline.
  ///
  /// - Throws: `couldNotRun` if it cannot be encoded, which no report built from a result can cause.
  public func json() throws(ToolFailure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    } catch {
      throw ToolFailure(.couldNotRun, "the report cannot be written as JSON: \(error)")
    }
  }
}
