package llm

func init() {
	providers.register(spec{
		name: "huggingface", rank: 4,
		model: "meta-llama/Llama-3.3-70B-Instruct", base: "https://router.huggingface.co/v1",
		keySetting: "HUGGINGFACE_API_KEY", baseSetting: "HUGGINGFACE_BASE_URL",
		open: chatWith(dialect{older: true}),
	})
}
