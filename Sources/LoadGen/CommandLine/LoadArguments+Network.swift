internal import ToolSupport

extension LoadArguments {
  func setNetwork(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.insecure = network.insecure
    if let limit = try OptionText.duration(network.connectTimeout, "--connect-timeout") { plan.connectTimeout = limit }
    if let limit = try OptionText.duration(network.stallTimeout, "--stall-timeout") { plan.stallTimeout = limit }
    plan.maxTime = try OptionText.duration(network.maxTime, "--max-time")
  }
}
