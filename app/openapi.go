package app

import "caveat/backend/api"

type openapiCommand struct{}

func (openapiCommand) Run(c *console) error {
	doc, err := api.OpenAPI(version)
	if err != nil {
		return err
	}
	_, err = c.out.Write(append(doc, '\n'))
	return err
}
