internal import CCurl
internal import ToolSupport

/// What the streams of one target send, made once for all threads.
///
/// Guarantees: nothing of it changes after `init`. Where streams do not differ (`isFixed`) libcurl reads method, URL, header
/// lines and body as they lie here; a stream then costs nothing to prepare.
final class TargetRequest: Sendable {
  enum Body: Sendable {
    case none
    case held(RequestBody)
    case template(Template)
    case file(StreamedFile)
  }

  /// Of the target in the plan.
  let index: Int
  let method: String
  let body: Body
  /// Of a body that does not vary; only where requests are signed.
  let payloadHash: String
  let scope: SigV4Scope?
  /// Nothing differs from stream to stream.
  let isFixed: Bool
  private let seed: UInt64
  private let url: Template
  private let lines: [Template]
  let fixedURL: String
  /// Nil where it differs from stream to stream.
  // Invariant: the list is built in `init`, before anybody else has the object, and freed in `deinit`; the transfers that it was set on
  // are of the same run, whose context keeps the object, and libcurl only reads the list of CURLOPT_HTTPHEADER.
  nonisolated(unsafe) let fixedHeaders: UnsafeMutablePointer<curl_slist>?  // Invariant: read only after init

  /// - Throws: `usage` for a template that cannot be filled in.
  init(
    index: Int, target: LoadTarget, plan: LoadPlan, content: Body, payloadHash: String
  ) throws(ToolFailure) {
    self.index = index
    self.payloadHash = payloadHash
    seed = plan.seed
    scope = try plan.signing.map { plan throws(ToolFailure) in try SigV4Scope(plan, url: target.url) }
    var position = 0
    url = try Self.template(target.url, in: target.url, &position)
    var lines: [Template] = []
    for line in Self.headerLines(target, plan, hasBody: content.isSent) {
      lines.append(try Self.template(line, in: HeaderText.masked(line), &position))
    }
    self.lines = lines
    body = try Self.filled(content, plan, target, &position)
    method = target.method ?? plan.method
    fixedURL = url.varies ? "" : url.text(seed: 0, stream: 0)
    let isFixed = scope == nil && !url.varies && !lines.contains { $0.varies } && !body.varies
    self.isFixed = isFixed
    fixedHeaders = isFixed ? HeaderList.make(lines.map { $0.text(seed: 0, stream: 0) }) : nil
  }

  deinit { curl_slist_free_all(fixedHeaders) }

  func url(stream: Int) -> String { url.varies ? url.text(seed: seed, stream: stream) : fixedURL }

  func headers(stream: Int) -> [String] { lines.map { $0.text(seed: seed, stream: stream) } }

  func bytes(of template: Template, stream: Int) -> [UInt8] { template.bytes(seed: seed, stream: stream) }

  private static func template(
    _ text: String, in shown: String, _ position: inout Int
  ) throws(ToolFailure) -> Template {
    do { return try Template(text.utf8, position: &position) } catch {
      throw .usage("\(OptionText.shown(shown)): \(error.reason)")
    }
  }

  private static func filled(
    _ content: Body, _ plan: LoadPlan, _ target: LoadTarget, _ position: inout Int
  ) throws(ToolFailure) -> Body {
    guard target.body == nil, plan.hasTemplateBody, case .bytes(let bytes)? = plan.body else { return content }
    do {
      let template = try Template(bytes, position: &position)
      return template.varies ? .template(template) : .held(RequestBody(template.bytes(seed: 0, stream: 0)))
    } catch {
      throw .usage("-d: \(error.reason)")
    }
  }

  /// The target's lines, the plan's, and the defaults that neither replaces: gzip is asked for, and no 100-continue is
  /// waited for, which would add a round trip (or a second) that no other client of the target has.
  static func headerLines(_ target: LoadTarget, _ plan: LoadPlan, hasBody: Bool) -> [String] {
    let own = Set(target.headers.map(name))
    var lines = target.headers + plan.headers.filter { !own.contains(name($0)) }
    var defaults = ["Accept-Encoding: gzip", "User-Agent: gzload/\(ToolVersion.current)"]
    // libcurl looks through all lines for each field that it may send: none that says nothing.
    if hasBody || !["GET", "HEAD"].contains(target.method ?? plan.method) { defaults.append("Expect:") }
    // The server is to close, and to keep the port in its TIME_WAIT: the tester would run out of them.
    if !plan.network.keepsConnections { defaults.append("Connection: close") }
    // As libcurl says for a body without a type, and for every POST; here, so that it is signed too.
    if plan.signing != nil, hasBody || (target.method ?? plan.method) == "POST" {
      defaults.append("Content-Type: application/x-www-form-urlencoded")
    }
    let given = Set(lines.map(name))
    lines += defaults.filter { !given.contains(name($0)) }
    return lines
  }

  /// Of `Name: value`, `Name:` (remove) and `Name;` (send empty), as curl spells them.
  private static func name(_ line: String) -> String {
    line.prefix { $0 != ":" && $0 != ";" }.lowercased()
  }
}

extension TargetRequest.Body {
  var isSent: Bool { if case .none = self { false } else { true } }

  fileprivate var varies: Bool { if case .template = self { true } else { false } }
}
