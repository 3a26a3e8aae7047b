internal import ToolSupport

/// A response that the front takes whole: JSON with status, headers and body.
struct BufferedResponse: Equatable, Sendable {
  var response: FunctionResponse
  var body: [UInt8]

  /// - Throws: what the front answers with in its place.
  static func parse(
    _ payload: [UInt8], front: FrontKind, albMultiValue: Bool
  ) throws(FrontRefusal) -> BufferedResponse {
    switch front {
    case .functionURL: try functionURL(payload)
    case .rest: try rest(payload)
    case .alb: try loadBalancer(payload, multiValue: albMultiValue)
    }
  }

  /// JSON without a status code is the body itself (AWS: "Invoking Lambda function URLs").
  private static func functionURL(_ payload: [UInt8]) throws(FrontRefusal) -> BufferedResponse {
    guard let value = JSONValue(parsing: payload) else { throw FrontRefusal(cause: .malformedResponse) }
    guard let members = value.members, let status = members["statusCode"] else {
      let type = FunctionResponse.Field(name: "content-type", value: "application/json")
      let response = FunctionResponse(status: 200, statusDescription: nil, fields: [type], cookies: [])
      return BufferedResponse(response: response, body: payload)
    }
    guard let fields = ResponseMembers.fields(members["headers"], lenient: true),
      let cookies = ResponseMembers.strings(members["cookies"])
    else { throw FrontRefusal(cause: .malformedResponse) }
    return try whole(members, status, fields, cookies)
  }

  private static func rest(_ payload: [UInt8]) throws(FrontRefusal) -> BufferedResponse {
    guard let members = JSONValue(parsing: payload)?.members, let status = members["statusCode"],
      let single = ResponseMembers.fields(members["headers"], lenient: true),
      let multiple = ResponseMembers.multipleFields(members["multiValueHeaders"])
    else { throw FrontRefusal(cause: .malformedResponse) }
    return try whole(members, status, ResponseMembers.merged(single, multiple), [])
  }

  /// The kind of map must be the one that the target group is set to.
  private static func loadBalancer(_ payload: [UInt8], multiValue: Bool) throws(FrontRefusal) -> BufferedResponse {
    guard payload.count <= Limits.loadBalancer else { throw FrontRefusal(cause: .responseTooLarge) }
    guard let members = JSONValue(parsing: payload)?.members, let status = members["statusCode"] else {
      throw FrontRefusal(cause: .malformedResponse)
    }
    let wrong = members[multiValue ? "headers" : "multiValueHeaders"]?.members ?? [:]
    let right =
      multiValue
      ? ResponseMembers.multipleFields(members["multiValueHeaders"])
      : ResponseMembers.fields(members["headers"], lenient: true)
    guard let right, wrong.isEmpty || !right.isEmpty else { throw FrontRefusal(cause: .malformedResponse) }
    return try whole(members, status, right, [], description: members["statusDescription"]?.text)
  }

  private static func whole(
    _ members: [String: JSONValue], _ status: JSONValue, _ fields: [FunctionResponse.Field], _ cookies: [String],
    description: String? = nil
  ) throws(FrontRefusal) -> BufferedResponse {
    let malformed = FrontRefusal(cause: .malformedResponse)
    guard let status = ResponseMembers.status(status, lenient: true) else { throw malformed }
    let response = FunctionResponse(
      status: status, statusDescription: description, fields: fields, cookies: cookies)
    guard response.isSendable else { throw malformed }
    guard let text = members["body"], text != .null else { return BufferedResponse(response: response, body: []) }
    guard let text = text.text else { throw malformed }
    guard members["isBase64Encoded"] == true else {
      return BufferedResponse(response: response, body: Array(text.utf8))
    }
    guard let body = Base64.decode(text) else { throw malformed }
    return BufferedResponse(response: response, body: body)
  }
}

/// What a front says in place of what the function answered.
struct FrontRefusal: Error, Equatable {
  var cause: FrontCause
}
