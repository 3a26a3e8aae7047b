extension LoadPlan {
  /// The first host among the targets that is not this machine's loopback; nil when all are. A name counts as loopback only if
  /// it is `localhost`: any other may resolve to anything.
  public var firstRemoteHost: String? {
    guard network.unixSocket == nil else { return nil }
    for url in urls {
      let authority = TargetURL.authority(url)
      guard !LiveAddress(host: Self.host(authority).lowercased(), port: 0).isLoopback else { continue }
      return authority
    }
    return nil
  }

  private static func host(_ authority: String) -> String {
    if authority.hasPrefix("["), let end = authority.lastIndex(of: "]") {
      return String(authority[authority.index(after: authority.startIndex)..<end])
    }
    return String(authority.prefix { $0 != ":" })
  }
}
