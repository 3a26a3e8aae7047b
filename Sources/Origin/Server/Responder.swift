internal import NIOCore
internal import NIOHTTP1

/// From a request head to a response plan. Answers at once where nothing must be made first.
struct Responder: Sendable {
  let catalog: BodyCatalog
  let stats: OriginStats

  func plan(_ request: HTTPRequestHead, keepAlive: Bool, on loop: any EventLoop) -> EventLoopFuture<ResponsePlan> {
    let isHead = request.method == .HEAD
    return route(request, on: loop)
      .flatMapErrorThrowing { error in
        guard let problem = error as? Problem else {
          return .problem(Problem(status: 503, text: "no memory or no time to make this body: \(error)"))
        }
        return .problem(problem)
      }
      .map { plan in
        var plan = plan
        plan.adapt(isHead: isHead, isHTTP10: request.version == .http1_0, keepAlive: keepAlive)
        return plan
      }
  }

  private func route(_ request: HTTPRequestHead, on loop: any EventLoop) -> EventLoopFuture<ResponsePlan> {
    guard request.method == .GET || request.method == .HEAD else {
      let allow = [HeaderField("Allow", "GET, HEAD")]
      let text = "\(request.method.rawValue): the methods here are GET and HEAD"
      return loop.makeFailedFuture(Problem(status: 405, text: text, fields: allow))
    }
    let target = RequestTarget(request.uri)
    if let size = suffix(of: target.path, after: "/gzip/") { return gzip(size, target, request, on: loop) }
    if let name = suffix(of: target.path, after: "/front/") { return front(name, on: loop) }
    switch target.path {
    case "/": return loop.makeSucceededFuture(.text(200, Page.index))
    case "/hello": return loop.makeSucceededFuture(Page.hello)
    case "/stats": return loop.makeSucceededFuture(.text(200, stats.json, type: "application/json"))
    default:
      return loop.makeFailedFuture(Problem(status: 404, text: "\(target.path): nothing here; / says what there is"))
    }
  }

  private func gzip(
    _ size: String, _ target: RequestTarget, _ request: HTTPRequestHead, on loop: any EventLoop
  ) -> EventLoopFuture<ResponsePlan> {
    let query: GzipQuery
    do throws(Problem) { query = try GzipQuery.parse(size: size, parameters: target.parameters) } catch {
      return loop.makeFailedFuture(error)
    }
    let headers = request.headers
    let conditions = Preconditions(
      ifMatch: joined("If-Match", headers), ifNoneMatch: joined("If-None-Match", headers),
      ifRange: headers.first(name: "If-Range"), range: joined("Range", headers))
    let wanted = WantedDigest(joined("Want-Repr-Digest", headers))
    let isGet = request.method == .GET
    return catalog.body(query.recipe, on: loop).flatMap { body in
      catalog.digest(body, wanted: wanted, on: loop).flatMapThrowing { digest in
        try GzipResponse(body: body, query: query, digest: digest).plan(conditions, isGet: isGet)
      }
    }
  }

  private func front(_ name: String, on loop: any EventLoop) -> EventLoopFuture<ResponsePlan> {
    guard let front = Front(rawValue: name) else {
      let names = Front.allCases.map(\.rawValue).joined(separator: ", ")
      return loop.makeFailedFuture(Problem(status: 404, text: "/front/\(name): there are \(names)"))
    }
    return catalog.body(Front.recipe, on: loop).map { front.plan($0) }
  }

  private func suffix(of path: String, after prefix: String) -> String? {
    path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  private func joined(_ name: String, _ headers: HTTPHeaders) -> String? {
    let values = headers[name]
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }
}
