package lsp

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/dewar-build/dewar/lsp/wire"
)

// handler carries out a method.
type handler func(s *server, ctx context.Context, params json.RawMessage) (any, *wire.Error)

// method makes a handler of a function that takes its params decoded.
func method[P any](f func(s *server, ctx context.Context, p P) (any, error)) handler {
	return func(s *server, ctx context.Context, params json.RawMessage) (any, *wire.Error) {
		var p P
		if len(params) > 0 {
			if err := json.Unmarshal(params, &p); err != nil {
				return nil, wire.Errorf(wire.InvalidParams, "the params cannot be read: %v", err)
			}
		}
		return answered(f(s, ctx, p))
	}
}

// answered is what the protocol has for what a method returned.
func answered(result any, err error) (any, *wire.Error) {
	if errors.Is(err, errOther) {
		return nil, nil
	}
	if err != nil {
		return nil, wire.Errorf(wire.RequestFailed, "%v", err)
	}
	return result, nil
}

// requests are the methods that are answered.
var requests = map[string]handler{
	"initialize":                       method((*server).initialize),
	"shutdown":                         method((*server).shutdown),
	"textDocument/completion":          method((*server).completion),
	"textDocument/hover":               method((*server).hover),
	"textDocument/definition":          method((*server).definition),
	"textDocument/references":          method((*server).references),
	"textDocument/documentHighlight":   method((*server).highlights),
	"textDocument/prepareRename":       method((*server).prepareRename),
	"textDocument/rename":              method((*server).rename),
	"textDocument/documentSymbol":      method((*server).documentSymbols),
	"workspace/symbol":                 method((*server).workspaceSymbols),
	"textDocument/formatting":          method((*server).formatting),
	"textDocument/codeAction":          method((*server).codeActions),
	"textDocument/signatureHelp":       method((*server).signature),
	"textDocument/semanticTokens/full": method((*server).semantic),
	"textDocument/foldingRange":        method((*server).folding),
}

// notifications are the methods that are not.
var notifications = map[string]handler{
	"initialized":                         method((*server).begun),
	"textDocument/didOpen":                method((*server).didOpen),
	"textDocument/didChange":              method((*server).didChange),
	"textDocument/didSave":                method((*server).didSave),
	"textDocument/didClose":               method((*server).didClose),
	"workspace/didChangeWatchedFiles":     method((*server).didChangeFiles),
	"workspace/didChangeWorkspaceFolders": method((*server).didChangeFolders),
}

func (s *server) initialize(_ context.Context, p initializeParams) (any, error) {
	s.initialized = true
	s.watch(p.ProcessID)
	c := p.Capabilities
	s.client = client{
		snippets:     c.TextDocument.Completion.CompletionItem.SnippetSupport,
		related:      c.TextDocument.PublishDiagnostics.RelatedInformation,
		hierarchical: c.TextDocument.DocumentSymbol.Hierarchical,
		texts:        c.TextDocument.Synchronization.DynamicRegistration,
		watches:      c.Workspace.DidChangeWatchedFiles.DynamicRegistration,
	}
	for _, m := range []struct {
		name string
		dynamic
	}{{"completion", c.TextDocument.Completion.dynamic}, {"hover", c.TextDocument.Hover}, {"definition", c.TextDocument.Definition}, {"references", c.TextDocument.References}, {"rename", c.TextDocument.Rename}} {
		if m.DynamicRegistration {
			s.client.asks = append(s.client.asks, m.name)
		}
	}
	for _, f := range p.WorkspaceFolders {
		s.addFolder(f)
	}
	if len(s.folders) == 0 {
		s.addFolder(folder{p.RootURI})
	}
	type object = map[string]any
	return object{
		"serverInfo": object{"name": "dewar", "version": s.host.Version},
		"capabilities": object{
			"positionEncoding":           "utf-16",
			"textDocumentSync":           object{"openClose": true, "change": 2, "save": object{"includeText": false}},
			"completionProvider":         object{"triggerCharacters": []string{".", "\"", "/", "="}},
			"signatureHelpProvider":      object{"triggerCharacters": []string{"(", ","}},
			"hoverProvider":              true,
			"definitionProvider":         true,
			"referencesProvider":         true,
			"documentHighlightProvider":  true,
			"renameProvider":             object{"prepareProvider": true},
			"documentSymbolProvider":     true,
			"workspaceSymbolProvider":    true,
			"documentFormattingProvider": true,
			"codeActionProvider":         object{"codeActionKinds": []string{"quickfix", "source.fixAll.dewar"}},
			"foldingRangeProvider":       true,
			"semanticTokensProvider":     object{"legend": object{"tokenTypes": tokenTypes, "tokenModifiers": []string{}}, "full": true},
			"workspace":                  object{"workspaceFolders": object{"supported": true, "changeNotifications": true}},
		},
	}, nil
}

func (s *server) shutdown(context.Context, struct{}) (any, error) {
	s.shut = true
	for _, p := range s.pipelines {
		p.unplan()
	}
	for _, unwanted := range s.busy {
		unwanted.Store(true)
	}
	return nil, nil
}

// begun asks to be told of files that change on disk, and of the texts of params files:
// they count as they are in the editor, and what they give values to is known.
func (s *server) begun(context.Context, struct{}) (any, error) {
	type object = map[string]any
	var list []object
	if s.client.watches {
		list = append(list, object{"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": object{
			"watchers": []object{{"globPattern": "**/*.{hcl," + paramsFiles + ",csv}"}, {"globPattern": "**/.dewarignore"}},
		}})
	} else {
		s.looks = true
		s.look()
	}
	if s.client.texts {
		selector := []object{{"scheme": "file", "pattern": "**/*.{" + paramsFiles + "}"}}
		for _, method := range append([]string{"didOpen", "didChange", "didClose"}, s.client.asks...) {
			list = append(list, object{"id": method, "method": "textDocument/" + method, "registerOptions": object{"documentSelector": selector, "syncKind": 2, "prepareProvider": true}})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	s.calls++
	return nil, s.out.Request(s.calls, "client/registerCapability", object{"registrations": list})
}

// paramsFiles are the ends of names of params files.
const paramsFiles = "yaml,yml,json,toml"

func (s *server) addFolder(f folder) {
	if name := pathOf(f.URI); name != "" {
		s.folders = append(s.folders, name)
	}
}
