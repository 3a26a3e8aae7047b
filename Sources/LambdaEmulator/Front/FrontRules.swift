/// What a front makes of a function's status and header fields.
struct FrontRules: Sendable {
  var front: FrontKind
  var requestID: String
  var traceID: String
  /// Of the client's request.
  var isHead: Bool
  var isHTTP10: Bool
  var trailerEffect: TrailerEffect

  /// - Parameter announcedTrailers: the upload's `Trailer` field.
  func streamedHead(_ response: FunctionResponse, announcedTrailers: String? = nil) -> FrontHead {
    var fields = own + passed(response, otherwise: front == .rest ? "application/json" : "application/octet-stream")
    var framing = FrontHead.Framing.chunked
    // A REST API believes a length that the function states.
    if front == .rest, let field = response.fields.first(where: { $0.name.lowercased() == "content-length" }),
      let length = Int(field.value), length >= 0
    {
      fields.append(.init(name: "Content-Length", value: String(length)))
      framing = .length(length)
    }
    if trailerEffect == .trailer, let announcedTrailers, framing == .chunked, !isHTTP10 {
      fields.append(.init(name: "Trailer", value: announcedTrailers))
    }
    return head(response, fields, framing)
  }

  func bufferedHead(_ response: FunctionResponse, length: Int) -> FrontHead {
    var fields = own + passed(response, otherwise: front == .alb ? "application/octet-stream" : "application/json")
    if response.status != 204 && response.status != 304 && response.status >= 200 {
      fields.append(.init(name: "Content-Length", value: String(length)))
    }
    return head(response, fields, .length(length))
  }

  private func head(
    _ response: FunctionResponse, _ fields: [FunctionResponse.Field], _ framing: FrontHead.Framing
  ) -> FrontHead {
    let hasBody = !isHead && response.status != 204 && response.status != 304
    let effective: FrontHead.Framing = !hasBody ? .none : isHTTP10 && framing == .chunked ? .close : framing
    return FrontHead(status: response.status, reason: reason(response), fields: fields, framing: effective)
  }

  private func reason(_ response: FunctionResponse) -> String {
    guard let description = response.statusDescription else { return ReasonPhrase.of(response.status) }
    let prefix = "\(response.status) "
    return description.hasPrefix(prefix) ? String(description.dropFirst(prefix.count)) : description
  }

  /// What the front adds by itself.
  private var own: [FunctionResponse.Field] {
    switch front {
    case .functionURL:
      [.init(name: "x-amzn-RequestId", value: requestID), .init(name: "X-Amzn-Trace-Id", value: traceID)]
    case .rest:
      [
        .init(name: "x-amzn-RequestId", value: requestID), .init(name: "x-amz-apigw-id", value: FrontAnswer.gatewayID),
        .init(name: "X-Amzn-Trace-Id", value: traceID),
      ]
    case .alb: [.init(name: "Server", value: "awselb/2.0")]
    }
  }

  /// - Parameter type: the front's own idea of a body whose type the function does not tell.
  private func passed(_ response: FunctionResponse, otherwise type: String) -> [FunctionResponse.Field] {
    var fields = response.fields.compactMap(passed)
    let isTyped = fields.contains { $0.name.lowercased() == "content-type" }
    if !isTyped { fields.insert(.init(name: "Content-Type", value: type), at: 0) }
    return fields + response.cookies.map { .init(name: "Set-Cookie", value: $0) }
  }

  /// Nil for what the front sets itself or does not let through.
  private func passed(_ field: FunctionResponse.Field) -> FunctionResponse.Field? {
    let name = field.name.lowercased()
    switch front {
    case .functionURL where Self.remappedByURL.contains(name), .rest where Self.remappedByGateway.contains(name):
      return .init(name: "x-amzn-Remapped-" + field.name, value: field.value)
    case .functionURL, .rest: return Self.dropped.contains(name) || name == "content-length" ? nil : field
    // A load balancer drops what belongs to the connection.
    case .alb: return Self.dropped.contains(name) || Self.setByLoadBalancer.contains(name) ? nil : field
    }
  }

  private static let dropped: Set = ["transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "proxy-connection"]
  private static let setByLoadBalancer: Set = ["connection", "content-length", "date", "server"]
  private static let remappedByURL: Set = [
    "connection", "content-length", "date", "host", "server", "www-authenticate", "x-amzn-requestid", "x-amzn-trace-id",
    "x-forwarded-for",
  ]
  /// But for the length, which it believes.
  private static let remappedByGateway = remappedByURL.subtracting(["content-length"])
}
