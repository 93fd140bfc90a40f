// Fills in templates as External Secrets does: with the engine of Go and the functions of sprig. Reads them and what to fill in
// as JSON, and writes as JSON what comes out, or why nothing does.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
)

type work struct {
	Templates map[string]string
	Secrets   []map[string]string
}

func fill(asked work) ([]map[string]string, error) {
	functions := sprig.TxtFuncMap()
	// External Secrets keeps the controller's own environment from templates.
	delete(functions, "env")
	delete(functions, "expandenv")
	filled := make([]map[string]string, len(asked.Secrets))
	for number := range filled {
		filled[number] = map[string]string{}
	}
	for name, text := range asked.Templates {
		parsed, err := template.New(name).Option("missingkey=error").Funcs(functions).Parse(text)
		if err != nil {
			return nil, err
		}
		for number, secret := range asked.Secrets {
			var out strings.Builder
			if err := parsed.Execute(&out, secret); err != nil {
				return nil, err
			}
			filled[number][name] = out.String()
		}
	}
	return filled, nil
}

func main() {
	var asked work
	err := json.NewDecoder(os.Stdin).Decode(&asked)
	if err == nil {
		var filled []map[string]string
		if filled, err = fill(asked); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(filled)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
