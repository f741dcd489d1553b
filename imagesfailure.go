package dewar

import (
	"context"
	"errors"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/image"
)

// imageFailure says what is wrong with an image, and what to do. x is whose image it is; it may be nil.
func imageFailure(err error, ref image.Ref, x *graph.Instance) error {
	var e *image.Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return err
	}
	d := diag.Diagnostic{Detail: imageSentence(e.Text) + ". "}
	if x != nil {
		d.Span, d.Subject = x.Span, subject(x)
	}
	code, advice := imageAdvice(e.Problem, ref)
	d.Code, d.Detail = code, strings.TrimSpace(d.Detail+advice)
	return failure(d)
}

// imageSentence begins a text as sentences begin, unless it begins with a name.
func imageSentence(text string) string {
	if first, _, _ := strings.Cut(text, " "); strings.ContainsAny(first, ":/@.") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func imageAdvice(p image.Problem, ref image.Ref) (code, advice string) {
	bare := ref
	bare.Digest = ""
	switch p {
	case image.BadName:
		return "E-image-name", ""
	case image.NotFound:
		return "E-image-unknown", ""
	case image.Unreachable:
		return "E-image-unreachable", "When it can be reached: dewar image pull " + ref.String()
	case image.NoLogin:
		return "E-image-login", "If there is such an image, a login helps: `docker login` and `podman login` keep one where dewar finds it."
	case image.Mismatch:
		return "E-image-mismatch", "Nothing of it is used. If the image was made anew, `dewar image resolve " + bare.String() + "` says what it is now."
	case image.NoPlatform:
		return "E-image-platform", ""
	case image.TooLarge:
		return "E-image-size", ""
	}
	return "E-image-damaged", "Nothing of it is used."
}
