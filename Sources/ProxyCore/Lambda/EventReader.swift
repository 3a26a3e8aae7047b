/// Tells the events apart and reads the request in them. Pure.
///
/// The order matters: a member that one front always has may be in another's event too.
enum EventReader {
  static func read(_ bytes: UnsafeRawBufferPointer) throws(RawEvent.Malformed) -> EventContent {
    let raw = try RawEvent(bytes)
    if raw.context.isBalancer { return balancer(raw) }
    if raw.version == "2.0", raw.context.hasHTTP { return .request(formatTwo(raw)) }
    let hasShape = raw.hasResource && raw.hasContext
    if raw.httpMethod != nil, raw.version == "1.0" || hasShape { return .request(formatOne(raw)) }
    return isWarmUp(raw) ? .warmUp : .foreign
  }

  private static func isWarmUp(_ raw: RawEvent) -> Bool {
    if raw.isEmpty || raw.isWarmer || raw.source == "serverless-plugin-warmup" { return true }
    return raw.source == "aws.events" && raw.detailType == "Scheduled Event"
  }

  private static func formatTwo(_ raw: RawEvent) -> LambdaEvent {
    var event = LambdaEvent(
      front: isHTTPAPI(raw.context) ? .httpAPI : .functionURL, method: raw.context.method ?? raw.httpMethod ?? "GET",
      path: withoutStage(raw.rawPath ?? raw.context.path ?? raw.path ?? "/", raw.context.stage))
    event.query = raw.rawQuery ?? ""
    event.fields = raw.headers
    if !raw.cookies.isEmpty {
      // They may be among the headers as well.
      event.fields.removeAll { $0.name.lowercased() == "cookie" }
      event.fields.append(.init(name: "cookie", value: raw.cookies.joined(separator: "; ")))
    }
    fill(&event, raw)
    return event
  }

  /// A Function URL's name begins with its id, as an API's own does; a custom domain is an API's, and begins otherwise.
  private static func isHTTPAPI(_ context: RawEvent.Context) -> Bool {
    guard let domain = context.domainName, let id = context.apiID, !domain.contains(".lambda-url.") else {
      return false
    }
    return domain.contains(".execute-api.") || !domain.hasPrefix("\(id).")
  }

  /// An HTTP API puts the name of its stage before the path; what the client asked for begins after it.
  private static func withoutStage(_ path: String, _ stage: String?) -> String {
    guard let stage, !stage.isEmpty, stage != "$default", path.utf8.starts(with: "/\(stage)".utf8) else { return path }
    let rest = path.utf8.dropFirst(stage.utf8.count + 1)
    guard let first = rest.first else { return "/" }
    return first == UInt8(ascii: "/") ? String(decoding: rest, as: UTF8.self) : path
  }

  private static func formatOne(_ raw: RawEvent) -> LambdaEvent {
    let front = raw.version == "1.0" ? LambdaEvent.Front.httpAPIFormatOne : .restAPI
    var event = LambdaEvent(front: front, method: raw.httpMethod ?? "GET", path: raw.path ?? "/")
    // Decoded by the front.
    event.query = joined(raw.multiParameters ?? raw.parameters, PercentEncoding.component)
    event.fields = multi(raw)
    fill(&event, raw)
    return event
  }

  private static func balancer(_ raw: RawEvent) -> EventContent {
    let front = LambdaEvent.Front.balancer(isMultiValue: raw.multiHeaders != nil)
    var event = LambdaEvent(front: front, method: raw.httpMethod ?? "GET", path: raw.path ?? "/")
    // Not decoded.
    event.query = joined(raw.multiParameters ?? raw.parameters, PercentEncoding.target)
    event.fields = multi(raw)
    fill(&event, raw)
    let agent = event.first("user-agent") ?? ""
    if agent.hasPrefix("ELB-HealthChecker/"), event.method == "GET" || event.method == "HEAD", event.query.isEmpty,
      event.body.isEmpty
    {
      return .healthCheck(front, isHead: event.method == "HEAD")
    }
    event.isTLS = event.first("x-forwarded-proto") != "http"
    // The balancer adds the peer's address at the end; what stands before it is the client's word.
    let hops = event.first("x-forwarded-for")?.split(separator: ",").last
    event.sourceAddress = hops.map { $0.filter { $0 != " " } }
    return .request(event)
  }

  private static func multi(_ raw: RawEvent) -> [LambdaEvent.Field] {
    guard let all = raw.multiHeaders, !all.isEmpty else { return raw.headers }
    return all
  }

  private static func joined(_ parameters: [LambdaEvent.Field], _ encode: (String) -> String) -> String {
    parameters.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
  }

  private static func fill(_ event: inout LambdaEvent, _ raw: RawEvent) {
    event.body = raw.body
    event.sourceAddress = raw.context.sourceAddress
    event.domainName = raw.context.domainName
  }
}

extension LambdaEvent {
  func first(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }
}
