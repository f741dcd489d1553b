package main

import (
	"time"

	"github.com/dewar-build/dewar"
)

// The events of verify; spec/formats.md describes them.

func executionJSON(ref string, e dewar.VerifyEvent) any {
	return struct {
		Event    string    `json:"event"`
		Instance string    `json:"instance"`
		Time     time.Time `json:"time"`
		Number   int       `json:"number"`
		Varied   []string  `json:"varied"`
		Fixed    []string  `json:"fixed"`
		Same     bool      `json:"same"`
		Failed   bool      `json:"failed"`
		Seconds  float64   `json:"seconds"`
	}{"execution", ref, e.Time, e.Number, texts(e.Varied), texts(e.Fixed), e.Same, e.Failed, e.Wall.Seconds()}
}

func texts(list []string) []string { return append([]string{}, list...) }

type unvariedJSON struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

type differenceJSON struct {
	Path    string   `json:"path"`
	Kind    string   `json:"kind"`
	Members []string `json:"members"`
	Format  string   `json:"format,omitempty"`
	Where   string   `json:"where,omitempty"`
	Excerpt []string `json:"excerpt"`
	Note    string   `json:"note,omitempty"`
}

type causeJSON struct {
	Cause  string `json:"cause"`
	Reason string `json:"reason"`
	Advice string `json:"advice"`
}

type verifiedOutputJSON struct {
	Path        string           `json:"path"`
	Group       string           `json:"group"`
	Name        string           `json:"name"`
	Old         string           `json:"old"`
	New         string           `json:"new"`
	Varied      []string         `json:"varied"`
	Tolerated   bool             `json:"tolerated"`
	Apart       float64          `json:"apart"`
	Paths       int              `json:"paths"`
	Differences []differenceJSON `json:"differences"`
	Causes      []causeJSON      `json:"causes"`
}

func verifiedJSON(x *dewar.Verified) any {
	outs := []verifiedOutputJSON{}
	for _, out := range x.Outputs {
		outs = append(outs, outputVerifiedJSON(&out))
	}
	not := []unvariedJSON{}
	for _, u := range x.Unvaried {
		not = append(not, unvariedJSON(u))
	}
	return struct {
		Event      string               `json:"event"`
		Instance   string               `json:"instance"`
		Verdict    string               `json:"verdict"`
		Why        string               `json:"why,omitempty"`
		Reason     string               `json:"reason,omitempty"`
		Same       string               `json:"same,omitempty"`
		Executions int                  `json:"executions"`
		Seconds    float64              `json:"seconds"`
		Varied     []string             `json:"varied"`
		Unvaried   []unvariedJSON       `json:"unvaried"`
		Matter     []string             `json:"matter"`
		Settled    []string             `json:"settled"`
		Inherent   bool                 `json:"inherent"`
		Sometimes  bool                 `json:"sometimes"`
		Together   bool                 `json:"together"`
		Outputs    []verifiedOutputJSON `json:"outputs"`
	}{"verified", x.Ref, string(x.Verdict), x.Why, x.Reason, x.Same, x.Executions, x.Wall.Seconds(), texts(x.Varied), not,
		texts(x.Matter), texts(x.Settled), x.Inherent, x.Sometimes, x.Together, outs}
}

func outputVerifiedJSON(out *dewar.VerifiedOutput) verifiedOutputJSON {
	j := verifiedOutputJSON{
		Path: out.Output.Path, Group: string(out.Output.Group), Name: out.Output.Name,
		Old: out.Was.Digest.String(), New: out.Now.Digest.String(), Varied: texts(out.Under), Tolerated: out.Tolerated, Apart: out.Apart,
		Differences: []differenceJSON{}, Causes: []causeJSON{},
	}
	if out.Report != nil {
		j.Paths = out.Report.Total
		for _, d := range out.Report.Differences {
			j.Differences = append(j.Differences, differenceJSON{d.Path, string(d.Kind), texts(d.Members), d.Format, d.Where, texts(d.Excerpt), d.Note})
		}
	}
	for _, cause := range out.Causes {
		j.Causes = append(j.Causes, causeJSON{cause.Name, cause.Reason, cause.Advice})
	}
	return j
}

func verifySummaryJSON(rep *dewar.VerifyReport) any {
	return struct {
		Event        string  `json:"event"`
		Instances    int     `json:"instances"`
		Reproducible int     `json:"reproducible"`
		Tolerated    int     `json:"tolerated"`
		Differ       int     `json:"differ"`
		Failed       int     `json:"failed"`
		Unverified   int     `json:"unverified"`
		Executions   int     `json:"executions"`
		Seconds      float64 `json:"seconds"`
	}{"summary", len(rep.Instances), rep.Count(dewar.Reproducible), rep.Count(dewar.Tolerated), rep.Count(dewar.Differs),
		rep.Count(dewar.VerifyFailed), rep.Count(dewar.NotVerified), rep.Executions, rep.Wall.Seconds()}
}
