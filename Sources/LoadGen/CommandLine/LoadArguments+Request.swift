internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension LoadArguments {
  func setRequest(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.headers = try HeaderText.request(request.headers) + contentHeaders()
    plan.body = try body()
    plan.hasTemplateBody = request.data.map { !$0.hasPrefix("@") } ?? false
    plan.method =
      try request.method.map { text throws(ToolFailure) in try RequestText.method(text, option: "-m") }
      ?? (plan.body == nil ? "GET" : "POST")
    if plan.body != nil && plan.method == "HEAD" {
      throw .usage("-m HEAD: sends no body; drop -d and -D, or choose another method")
    }
    if plan.body != nil, let head = plan.targets.first(where: { $0.method == "HEAD" && $0.body == nil }) {
      throw .usage(
        "\(OptionText.shown(head.url)): a HEAD sends no body; drop -d and -D, or give the file's targets their own")
    }
    let credentials = try request.user.map { text throws(ToolFailure) in try RequestText.credentials(text) }
    if let text = request.signing {
      plan.signing = try SigV4Option.plan(text, credentials: credentials) { name in
        getenv(name).map { String(cString: $0) }
      }
    } else {
      plan.credentials = credentials
      try refuseTwoAuthorizations(plan)
    }
    try setVersion(&plan)
  }

  private func contentHeaders() throws(ToolFailure) -> [String] {
    var lines: [String] = []
    for (option, name, value) in [("-T", "Content-Type", request.contentType), ("-A", "Accept", request.accept)] {
      guard let value else { continue }
      let line = "\(name): \(value)"
      let isEmpty = try HeaderText.parse(line, option: option).value.isEmpty
      guard !isEmpty else { throw OptionText.refusal(option, value, "empty; name a media type such as text/plain") }
      let isTwice = request.headers.contains { SigV4Signer.field($0)?.name == name.lowercased() }
      guard !isTwice else { throw .usage("\(option) and -H \(name): both give the field; keep one of them") }
      lines.append(line)
    }
    return lines
  }

  private func refuseTwoAuthorizations(_ plan: LoadPlan) throws(ToolFailure) {
    guard plan.credentials != nil else { return }
    guard !plan.headers.contains(where: { SigV4Signer.field($0)?.name == "authorization" }) else {
      throw .usage("-u and -H Authorization: both say who asks; keep one of them")
    }
  }

  private func setVersion(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.network.usesHTTP2 = request.http2
    plan.network.keepsConnections = !request.disableKeepalive
    plan.network.followsRedirects = request.followsRedirects
    let streams = try OptionText.integer(request.streamsPerConnection, "-p", in: 1...Self.maximumStreamsPerConnection)
    guard request.http2 else {
      guard streams == nil else {
        throw .usage("-p \(streams ?? 0): HTTP/1.1 has one stream a connection; add --http2")
      }
      return
    }
    guard !request.http1 else { throw .usage("--http1.1 and --http2: one run speaks one of them; keep one") }
    guard plan.network.keepsConnections else {
      throw .usage("--disable-keepalive and --http2: streams share a connection there; keep one of them")
    }
    guard CurlLibrary.hasHTTP2 else {
      throw ToolFailure(.couldNotRun, "--http2: this libcurl was built without it; see gzload --version")
    }
    if let streams { plan.network.streamsPerConnection = streams }
  }

  /// What HTTP/2 servers allow is mostly 100 to 1000.
  static let maximumStreamsPerConnection = 10_000

  private func body() throws(ToolFailure) -> RequestContent? {
    switch (request.data, request.dataFile) {
    case (.some, .some): throw .usage("-d and -D: both give the body; keep one of them")
    case (nil, let file?): return try BodyFile.content(file, option: "-D")
    case (let text?, nil):
      return text.hasPrefix("@")
        ? try BodyFile.content(String(text.dropFirst()), option: "-d") : .bytes(Array(text.utf8))
    case (nil, nil): return nil
    }
  }
}
