package io.scopegate.command;

import picocli.CommandLine.Command;

/** Personal access tokens; the commands below it do the work. */
@Command(
    name = "token",
    description = "Creates, lists, rotates and revokes personal access tokens.",
    synopsisSubcommandLabel = "COMMAND")
final class TokenCommand {}
