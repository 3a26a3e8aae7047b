internal import ToolSupport

extension LoadArguments {
  func setNetwork(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.insecure = network.insecure
    if let limit = try OptionText.duration(network.connectTimeout, "--connect-timeout") { plan.connectTimeout = limit }
    if let limit = try OptionText.duration(network.stallTimeout, "--stall-timeout") { plan.stallTimeout = limit }
    plan.maxTime = try OptionText.duration(network.maxTime, "--max-time")
    try setRoute(&plan.network)
    try setCertificates(&plan.network)
  }

  private func setRoute(_ plan: inout NetworkPlan) throws(ToolFailure) {
    plan.proxy = try network.proxy.map { text throws(ToolFailure) in try ConnectionText.proxy(text) }
    for text in network.connectTo { try ConnectionText.checkConnectTo(text) }
    for text in network.resolve { try ConnectionText.checkResolve(text) }
    plan.connectTo = network.connectTo
    plan.resolve = network.resolve
    if let path = network.unixSocket {
      guard plan.proxy == nil else {
        throw .usage("-x and --unix-socket: one connection goes one way; keep one of them")
      }
      try ConnectionText.checkSocket(path)
      plan.unixSocket = path
    }
    guard !(network.ipv4 && network.ipv6) else {
      throw .usage("-4 and -6: no address is both; keep one of them, or none for either")
    }
    plan.addresses = network.ipv4 ? .ipv4 : network.ipv6 ? .ipv6 : .any
  }

  private func setCertificates(_ plan: inout NetworkPlan) throws(ToolFailure) {
    let files = [("--cacert", network.authorities), ("--cert", network.certificate), ("--key", network.key)]
    for case (let option, let path?) in files { try ConnectionText.checkFile(path, option) }
    guard network.key == nil || network.certificate != nil else {
      throw .usage("--key \(OptionText.shown(network.key ?? "")): a key goes with a certificate; add --cert FILE")
    }
    guard network.authorities == nil || !network.insecure else {
      throw .usage("-k and --cacert: any certificate is accepted, or those of the file; keep one of them")
    }
    plan.authorities = network.authorities
    plan.certificate = network.certificate
    plan.key = network.key
  }
}
