// Starts `dewar lsp` and leaves the rest to it.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

// start begins a session with the language server. A program that is not there is said
// once, with what to do.
async function start() {
  const command = vscode.workspace.getConfiguration("dewar").get("path") || "dewar";
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("dewar", "dewar", server, {
    documentSelector: [{ scheme: "file", language: "dewar" }],
  });
  try {
    await client.start();
  } catch (err) {
    client = undefined;
    const reason = (err && err.message) || err; // a program that is not there is a text
    const answer = await vscode.window.showErrorMessage(
      `${command} could not be started (${reason}). Install dewar, or set dewar.path.`, "Settings");
    if (answer) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "dewar.path");
    }
  }
}

async function stop() {
  const was = client;
  client = undefined;
  if (was) {
    await was.stop();
  }
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("dewar.restart", restart),
    vscode.workspace.onDidChangeConfiguration((e) => e.affectsConfiguration("dewar.path") && restart()),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
