package llm

func init() {
	providers.register(spec{
		name: "openai", rank: 2,
		model: "gpt-4.1-mini", base: "https://api.openai.com/v1",
		keySetting: "OPENAI_API_KEY", baseSetting: "OPENAI_BASE_URL",
		open: chatWith(dialect{schemas: true}),
	})
}
