import Foundation

/// A `gzload/1` report as a tree: tests name the path they mean.
struct Report: Sendable {
  private let root: [String: any Sendable]

  init(_ data: Data) throws {
    guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw RunningServer.Failure(
        description: "the report is no JSON object: \(String(decoding: data.prefix(200), as: UTF8.self))")
    }
    root = Self.freeze(object)
  }

  /// The number at a path such as `totals.failed`; 0 when it is absent, as counts of nothing are left out.
  func count(_ path: String...) -> Int { (value(path) as? Double).map { Int($0) } ?? 0 }
  func number(_ path: String...) -> Double? { value(path) as? Double }
  func text(_ path: String...) -> String? { value(path) as? String }
  /// The keys of an object.
  func keys(_ path: String...) -> [String] { (value(path) as? [String: any Sendable])?.keys.sorted() ?? [] }
  func items(_ path: String...) -> [[String: any Sendable]] {
    (value(path) as? [any Sendable])?.compactMap { $0 as? [String: any Sendable] } ?? []
  }

  private func value(_ path: [String]) -> (any Sendable)? {
    var node: any Sendable = root
    for key in path {
      guard let next = (node as? [String: any Sendable])?[key] else { return nil }
      node = next
    }
    return node
  }

  private static func freeze(_ object: [String: Any]) -> [String: any Sendable] { object.mapValues(freeze) }

  private static func freeze(_ value: Any) -> any Sendable {
    switch value {
    case let object as [String: Any]: return freeze(object) as [String: any Sendable]
    case let list as [Any]: return list.map(freeze) as [any Sendable]
    case let text as String: return text
    case let number as NSNumber: return number.doubleValue
    default: return "null"
    }
  }
}
