/// The conditional requests of RFC 9110 §13, for a representation whose only validator is a strong entity tag.
struct Preconditions {
  var ifMatch: String?
  var ifNoneMatch: String?
  var ifRange: String?
  var range: String?

  enum Outcome: Equatable {
    case proceed(ByteRange)
    case notModified
    case failed
  }

  /// §13.2.2's order. A Range counts for GET only, and with If-Range only when that is exactly our tag: a date never is.
  func evaluate(entityTag: String, length: Int64, isGet: Bool) -> Outcome {
    if let ifMatch, !Self.list(ifMatch, contains: entityTag, weakly: false) { return .failed }
    if let ifNoneMatch, Self.list(ifNoneMatch, contains: entityTag, weakly: true) { return .notModified }
    guard isGet, ifRange == nil || ifRange == entityTag else { return .proceed(.whole) }
    return .proceed(ByteRange.parse(range, length: length))
  }

  private static func list(_ header: String, contains tag: String, weakly: Bool) -> Bool {
    header.split(separator: ",").contains { item in
      let item = item.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
      return item == "*" || item == tag || (weakly && item == "W/" + tag)
    }
  }
}
