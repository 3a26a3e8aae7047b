/// The JSON at the head of a streamed response (AWS: "Set up a Lambda proxy integration with payload response streaming").
enum Prelude {
  static let contentType = "application/vnd.awslambda.http-integration-response"

  /// Whether a `Content-Type` announces a prelude.
  static func isAnnounced(by type: String?) -> Bool {
    type?.split(separator: ";").first?.trimmed.lowercased() == contentType
  }

  /// Nil for what a front refuses: no object, arrays in `headers`, a status that is none.
  ///
  /// - Parameter multiValue: whether the front knows `multiValueHeaders`, which then win over `headers` of the same name.
  static func parse(_ bytes: [UInt8], multiValue: Bool) -> FunctionResponse? {
    guard let members = JSONValue(parsing: bytes)?.members else { return nil }
    guard let status = ResponseMembers.status(members["statusCode"] ?? 200, lenient: false),
      let cookies = ResponseMembers.strings(members["cookies"]),
      let single = ResponseMembers.fields(members["headers"], lenient: false)
    else { return nil }
    var fields = single
    if multiValue {
      guard let multiple = ResponseMembers.multipleFields(members["multiValueHeaders"]) else { return nil }
      fields = ResponseMembers.merged(single, multiple)
    }
    let response = FunctionResponse(status: status, statusDescription: nil, fields: fields, cookies: cookies)
    return response.isSendable ? response : nil
  }
}

/// The members that preludes and buffered responses have in common. Nil for what has the wrong shape.
enum ResponseMembers {
  /// - Parameter lenient: a text that is a number counts as one.
  static func status(_ value: JSONValue, lenient: Bool) -> Int? {
    switch value {
    case .integer(let number): Int(exactly: number)
    case .string(let text) where lenient: Int(text)
    default: nil
    }
  }

  static func strings(_ value: JSONValue?) -> [String]? {
    switch value {
    case nil, .null: return []
    case .array(let elements):
      let texts = elements.compactMap(\.text)
      return texts.count == elements.count ? texts : nil
    default: return nil
    }
  }

  /// - Parameter lenient: numbers and truth values are written as text.
  static func fields(_ value: JSONValue?, lenient: Bool) -> [FunctionResponse.Field]? {
    guard let value, value != .null else { return [] }
    guard let members = value.members else { return nil }
    var fields: [FunctionResponse.Field] = []
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      guard let text = lenient ? scalar(value) : value.text else { return nil }
      fields.append(.init(name: name, value: text))
    }
    return fields
  }

  static func multipleFields(_ value: JSONValue?) -> [FunctionResponse.Field]? {
    guard let value, value != .null else { return [] }
    guard let members = value.members else { return nil }
    var fields: [FunctionResponse.Field] = []
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      guard let texts = strings(value) else { return nil }
      fields += texts.map { .init(name: name, value: $0) }
    }
    return fields
  }

  /// Of a name in both, the multiple ones alone.
  static func merged(
    _ single: [FunctionResponse.Field], _ multiple: [FunctionResponse.Field]
  ) -> [FunctionResponse.Field] {
    let names = Set(multiple.map { $0.name.lowercased() })
    return single.filter { !names.contains($0.name.lowercased()) } + multiple
  }

  private static func scalar(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): String(number)
    case .bool(let flag): String(flag)
    default: nil
    }
  }
}
