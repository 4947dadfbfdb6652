package llm

func init() {
	providers.register(spec{
		name: "groq", rank: 1,
		model: "llama-3.3-70b-versatile", base: "https://api.groq.com/openai/v1",
		keySetting: "GROQ_API_KEY", baseSetting: "GROQ_BASE_URL",
		open: chatWith(dialect{}),
	})
}
