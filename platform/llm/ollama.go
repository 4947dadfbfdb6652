package llm

func init() {
	providers.register(spec{
		name:  "ollama",
		model: "llama3.1", base: "http://localhost:11434/v1",
		baseSetting: "OLLAMA_BASE_URL",
		open:        chatWith(dialect{older: true}),
	})
}
