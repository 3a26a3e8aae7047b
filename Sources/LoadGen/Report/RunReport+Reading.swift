internal import ToolSupport

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension RunReport {
  /// Reads what `json()` wrote.
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: `usage`, one line that names the file and what in it is not as it should be.
  init(json bytes: [UInt8], name: String) throws(ToolFailure) {
    let name = OptionText.shown(name)
    do {
      let head = try JSONDecoder().decode(Head.self, from: Data(bytes))
      guard head.schema == Self.schemaName else {
        let found = OptionText.shown(head.schema)
        throw ToolFailure.usage("\(name): its schema is \(found); this version reads \(Self.schemaName)")
      }
      self = try JSONDecoder().decode(RunReport.self, from: Data(bytes))
    } catch let failure as ToolFailure {
      throw failure
    } catch let error as DecodingError {
      throw .usage("\(name): no report of gzload --output-format json: \(Self.reason(error))")
    } catch {
      throw .usage("\(name): no report of gzload --output-format json")
    }
  }

  /// - Throws: `usage` when the file cannot be read or holds no report.
  static func read(_ path: String) throws(ToolFailure) -> RunReport {
    try RunReport(json: try BodyFile.read(path, option: "report"), name: path)
  }

  private struct Head: Decodable { var schema: String }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(place(context.codingPath)) is of another kind"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty ? "it is not JSON" : "\(place(context.codingPath)) cannot be read"
    @unknown default: "it cannot be read"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "the whole" }
    return OptionText.shown(path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "."))
  }
}
