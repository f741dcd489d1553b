package script_test

import (
	"errors"
	"testing"

	"github.com/dewar-build/dewar/eval/script"
	"github.com/google/go-cmp/cmp"
)

// template reads a script in which ‹…› is an interpolated word, «a|b» a list
// and ⟨…⟩ raw text.
func template(text string) []script.Part {
	var parts []script.Part
	open, kind, lit := false, script.Literal, ""
	flush := func(k script.Kind) {
		switch {
		case k == script.List && lit == "":
			parts = append(parts, script.Many())
		case k == script.List:
			parts = append(parts, script.Many(split(lit)...))
		case k == script.Word:
			parts = append(parts, script.One(lit))
		case k == script.Raw:
			parts = append(parts, script.RawText(lit))
		case lit != "":
			parts = append(parts, script.Lit(lit))
		}
		lit = ""
	}
	kinds := map[rune]script.Kind{'‹': script.Word, '«': script.List, '⟨': script.Raw}
	for _, r := range text {
		k, opens := kinds[r]
		switch {
		case opens && !open:
			flush(script.Literal)
			open, kind = true, k
		case open && (r == '›' || r == '»' || r == '⟩'):
			flush(kind)
			open = false
		default:
			lit += string(r)
		}
	}
	flush(script.Literal)
	return parts
}

func split(text string) []string {
	words := []string{""}
	for _, r := range text {
		if r == '|' {
			words = append(words, "")
			continue
		}
		words[len(words)-1] += string(r)
	}
	return words
}

func TestQuoteWrites(t *testing.T) {
	for _, c := range []struct{ name, template, want string }{
		{"plain word", "cp ‹a/b.txt› ‹0.1›", "cp a/b.txt 0.1"},
		{"word that needs quotes", "cp ‹my file› x", "cp 'my file' x"},
		{"empty word", "cmd ‹›", "cmd ''"},
		{"apostrophe", "echo ‹it's›", `echo 'it'\''s'`},
		{"glued", "--out=‹a›.txt", "--out='a'.txt"},
		{"two glued words", "‹i›‹f›", "'i''f'"},
		{"keyword", "‹if› x", "'if' x"},
		{"assignment", "‹A=1› cmd", "'A=1' cmd"},
		{"file descriptor", "echo ‹2›>out", "echo '2'>out"},
		{"double quotes", `echo "a ‹$x"\` + "`" + `› b"`, `echo "a \$x\"\\\` + "`" + ` b"`},
		{"single quotes", "echo 'a ‹it's› b'", `echo 'a it'\''s b'`},
		{"list", "cat «a|b c|» >out", "cat a 'b c' '' >out"},
		{"empty list", "cat «» x", "cat  x"},
		{"list before operator", "for f in «a|b»; do", "for f in a b; do"},
		{"substitution in quotes", `echo "$(cat ‹a b›)"`, `echo "$(cat 'a b')"`},
		{"quotes in substitution in quotes", `echo "$(cat "‹a b›")" ‹c d›`, `echo "$(cat "a b")" 'c d'`},
		{"parameter word", "echo ${x:-‹a b›}", "echo ${x:-'a b'}"},
		{"comment", "x # don't ‹it's› \"\n‹a b›", "x # don't it's \"\n'a b'"},
		{"no comment", "x#'‹a b›'", "x#'a b'"},
		{"name before value in quotes", `"$dir‹x›"`, `"$dir""x"`},
		{"name before value in heredoc", "cat <<E\n$dir‹x›\nE\n", "cat <<E\n$dir${0+}x\nE\n"},
		{"heredoc", "cat <<E\n'‹$a 'b\\›'\nE\n‹a b›", "cat <<E\n'\\$a 'b\\\\'\nE\n'a b'"},
		{"quoted heredoc", "cat <<'E'\n‹$a\\›\nE\n‹a b›", "cat <<'E'\n$a\\\nE\n'a b'"},
		{"two heredocs", "cat <<A <<\\B\n", "cat <<A <<\\B\n"},
		{"raw opens quotes", "echo ⟨\"⟩‹a b›\"", "echo \"a b\""},
		{"line continuation", "cat \\\n«a|b»", "cat \\\na b"},
		{"no hole where lost", "x=$(case a in a) echo 1;; esac)\n", "x=$(case a in a) echo 1;; esac)\n"},
		{"multi-line", "a\nb ‹x y›\n", "a\nb 'x y'\n"},
		{"subshell", "(cd ‹a b› && x)", "(cd 'a b' && x)"},
		{"case pattern", "case $1 in ‹a*›) echo ‹b c›;; esac", "case $1 in 'a*') echo 'b c';; esac"},
		{"shell expansions", "echo $HOME $? $$ ${HOME} $((1 + (2)))", "echo $HOME $? $$ ${HOME} $((1 + (2)))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := script.Quote(template(c.template))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestQuoteRefuses(t *testing.T) {
	for _, c := range []struct{ name, template, code string }{
		{"list in double quotes", `echo "«a|b»"`, script.CodeList},
		{"list in single quotes", `echo '«a|b»'`, script.CodeList},
		{"list glued before", `echo a«a|b»`, script.CodeList},
		{"list glued after", `echo «a|b».txt`, script.CodeList},
		{"list beside a word", `echo «a|b»‹c›`, script.CodeList},
		{"list as assignment", `A=«a|b»`, script.CodeList},
		{"list after redirection", `echo > «a|b»`, script.CodeList},
		{"list after clobbering redirection", `echo >| «a|b»`, script.CodeList},
		{"list in heredoc", "cat <<E\n«a|b»\nE\n", script.CodeList},
		{"list in parameter", "echo ${x:-«a|b»}", script.CodeList},
		{"backticks", "echo `cat ‹a›`", script.CodePlace},
		{"backslash in backticks", "echo `cat \\‹a›`", script.CodePlace},
		{"backticks in quotes", "echo \"`cat ‹a›`\"", script.CodePlace},
		{"arithmetic", "echo $((1 + ‹2›))", script.CodePlace},
		{"arithmetic command", "((x = ‹2›))", script.CodePlace},
		{"parameter name", "echo ${‹x›}", script.CodePlace},
		{"parameter offset", "echo ${x:‹1›}", script.CodePlace},
		{"parameter in quotes", `echo "${x:-‹1›}"`, script.CodePlace},
		{"quotes in a quoted parameter", `echo "${x:-"‹1›"}"`, script.CodePlace},
		{"after backslash", `echo \‹x›`, script.CodePlace},
		{"after backslash in quotes", `echo "C:\‹x›"`, script.CodePlace},
		{"after dollar", `echo $‹x›`, script.CodePlace},
		{"heredoc delimiter", "cat <<‹E›\nE\n", script.CodePlace},
		{"glued heredoc delimiter", "cat <<E‹E›\nE\n", script.CodePlace},
		{"ansi quotes", `echo $'a\'b' ‹x›`, script.CodePlace},
		{"case in substitution", `x=$(case a in a) echo ‹x›;; esac)`, script.CodePlace},
		{"after case in substitution", `x=$(case a in (a) echo 1;; esac) "‹x›"`, script.CodePlace},
		{"heredoc left in substitution", "x=$(cat <<E)\n‹x›\nE\n", script.CodePlace},
		{"quotes across a heredoc", "cat <<E '\nx'\n‹x›\nE\n", script.CodePlace},
		{"after a duplicating redirection", "cmd >&‹x›", script.CodePlace},
		{"in a duplicating redirection", "cmd >& \"‹x›\"", script.CodePlace},
		{"newline in comment", "# ‹a\nb›\n", script.CodeValue},
		{"delimiter in heredoc", "cat <<E\n‹a\nE\nb›\nE\n", script.CodeValue},
		{"half a delimiter", "cat <<END\nE‹ND›\nEND\n", script.CodeValue},
		{"what dash loses after a delimiter", "cat <<'E'\n‹Eé›\nE\n", script.CodeValue},
		{"delimiter in quoted heredoc", "cat <<'E'\n‹E›\nE\n", script.CodeValue},
		{"tab in a stripped heredoc", "cat <<-E\n‹\ta›\nE\n", script.CodeValue},
		{"NUL", "echo ‹a\x00b›", script.CodeValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := script.Quote(template(c.template))
			var e *script.Error
			if !errors.As(err, &e) {
				t.Fatalf("wrote %q", got)
			}
			if e.Code != c.code {
				t.Errorf("%s, want %s", e.Error(), c.code)
			}
			if k := template(c.template)[e.Part].Kind; k != script.Word && k != script.List {
				t.Errorf("part %d is not an interpolation", e.Part)
			}
		})
	}
}

func BenchmarkQuote(b *testing.B) {
	parts := template("set -o pipefail\nmkdir -p \"‹out dir›\"\npython3 ‹src/train.py› --C ‹0.1› «a|b|c d» > \"$HOME/‹x›.log\"\n")
	for b.Loop() {
		if _, err := script.Quote(parts); err != nil {
			b.Fatal(err)
		}
	}
}
