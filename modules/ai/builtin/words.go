package builtin

import "strings"

// The tables of the grammar. Words are in lower case and corrected.

// set makes a table of the words in a text.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// pairs are words that are also written apart.
var pairs = map[string]string{
	"sign up": "signup", "signs up": "signup", "signing up": "signup", "log in": "login", "logs in": "login", "sign in": "login", "signs in": "login", "logging in": "login",
	"logged in": "loggedin", "signed in": "loggedin", "look up": "lookup", "looks up": "lookup", "looking up": "lookup", "e mail": "email",
	"get rid": "remove", "take out": "remove", "phone number": "phone", "telephone number": "phone", "email address": "email", "mail address": "email",
	"contact us": "contact", "thank you": "thanks", "make sure": "ensure", "user id": "userId", "sends out": "send",
}

// spellings are other ways to write a word.
var spellings = map[string]string{
	"e-mail": "email", "e-mails": "email", "emails": "email", "mails": "mail", "sign-up": "signup", "signups": "signup", "log-in": "login", "sign-in": "login", "signin": "login",
	"logged-in": "loggedin", "signed-in": "loggedin", "look-up": "lookup", "lookups": "lookup", "registration": "signup", "tokens": "token", "jwts": "jwt", "auth": "authentication",
	"authorization": "authentication", "authorisation": "authentication", "endpoints": "endpoint", "apis": "api", "workflows": "workflow", "pls": "please", "plz": "please",
	"don't": "not", "dont": "not", "doesn't": "not", "no": "not", "without": "not", "never": "not", "thanks": "thanks", "thankyou": "thanks", "thank-you": "thanks", "secs": "seconds",
	"identifier": "id", "to-do": "todo", "to-dos": "todos", "ids": "id", "_id": "id", "username": "username", "log-ins": "login", "logins": "login", "passwords": "password", "pwd": "password", "passwort": "password",
	"validations": "validation", "validates": "validate", "validating": "validate", "validated": "validate", "autentication": "authentication", "nad": "and", "usr": "user", "usres": "users", "mesage": "message",
}

// typed are the words in which typos are corrected.
var typed = strings.Fields("create register signup login update delete remove email password validate validation insert lookup product message response protect store fetch respond return description users price title please")

// noTypos are English words one slip away from those.
var noTypos = set("crate crease cremate deplete inert inset insect invert logic massage pleas prick pride prime prince prize produce project protest remote resister score shore snore spore stare stoke stole stone stork storm story stove swore tithe ushers")

// verbs say what a clause does.
var verbs = func() map[string]act {
	m := map[string]act{}
	for a, words := range map[act]string{
		create:   "create add save store insert submit post record make build write generate book place schedule track report leave file capture design develop implement subscribe append keep persist enter upload setup log",
		list:     "list browse count enumerate",
		find:     "get find fetch lookup retrieve read search show view see filter query load display pull",
		update:   "update change edit modify set mark patch replace adjust toggle rename",
		remove:   "delete remove erase drop destroy clear",
		mail:     "send notify inform alert",
		wait:     "wait pause sleep delay",
		reply:    "return respond reply answer say output",
		takes:    "take accept receive collect require need expect ask",
		validate: "validate check verify ensure sanitize confirm",
		signup:   "signup register",
		login:    "login authenticate",
		crud:     "crud manage",
	} {
		for _, w := range strings.Fields(words) {
			m[w] = a
			m[inflect(w, "s")], m[inflect(w, "ing")] = a, a
		}
	}
	return m
}()

func inflect(w, ending string) string {
	switch {
	case ending == "ing" && strings.HasSuffix(w, "e"):
		return w[:len(w)-1] + "ing"
	case ending == "ing" && (w == "get" || w == "set" || w == "submit" || w == "log"):
		return w + w[len(w)-1:] + "ing"
	case ending == "s" && (strings.HasSuffix(w, "ch") || strings.HasSuffix(w, "sh")):
		return w + "es"
	case ending == "s" && (w == "reply" || w == "modify" || w == "notify" || w == "query" || w == "verify"):
		return w[:len(w)-1] + "ies"
	}
	return w + ending
}

var (
	determiners = set("a an the my our your their his her its this these those each every any some new another given existing specific single one all certain unique")
	// wrappers are nouns for what is built, not for what it works on.
	wrappers = set("api endpoint workflow flow backend service route webhook form page system app application server function automation process feature handler rest restful http json web simple basic small quick nice full complete public mini tiny step steps request requests collection table database db functionality management manager entry entries record records details detail list info information data document documents operation operations action logic resource version one")
	// built are the wrappers that say by themselves that something shall be made.
	built = set("api endpoint workflow backend service route form page system app application webhook")
	// stops end a noun phrase and a list of fields.
	stops = set("with that which who whose by where when whenever if in into inside to from for and or using via then so but of on at as after before because is are was be has have having containing including contains includes must should can could will would may please plus also only based per called named while once upon he she they we you i it them us me him there has gets use uses than not unless until whom given matching fields field such like sorted ordered instead written posted owned belonging afterwards too again now finally thanks anyway")
	// skips say nothing inside a noun phrase or a field.
	skips = set("a an the my our your their his her its this these those each every any some new another given existing specific single one certain following customer's please just simple valid also all both several own following different submitted sent provided")
	// features are no fields, though people ask for them with "with".
	features = set("validation jwt token authentication login signup notification mail crud pagination security hashing bcrypt smtp error errors handling id response http success rest json middleware confirmation database db email-notification everything something anything things stuff care proper checks mongodb protection")
	// pronouns stand for what was named before.
	pronouns = set("it them this that these those him her everything one")
	// nounVerbs are verbs whose form with an s is more often a noun in the plural.
	nounVerbs = set("books reports tracks places files logs leaves schedules records posts uploads designs views searches queries filters lists counts changes updates sets marks alerts answers pulls loads displays reads")
	owners    = set("my own")
	roles     = set("admin admins administrators staff managers employees moderators editors owners owner hr teachers")
	admins    = set("me us admin administrator owner team support staff sales manager boss moderators admins")
)

// strong phrases say that only callers with a token may pass, weak ones only
// where nothing else issues or checks credentials.
var (
	strong = phrases("loggedin", "authenticated", "protected", "protect", "protects", "requires authentication", "require authentication", "requiring authentication", "needs authentication", "need authentication", "authentication required", "requires login", "require login",
		"requires a login", "require a login", "requires users to login", "require users to login", "login required", "login is required", "authentication is required", "requires a token", "require a token", "requires a valid token", "requires a valid jwt", "requires jwt", "require jwt", "requires a jwt", "valid token", "valid jwt", "bearer token",
		"with login protection", "secured", "secure", "members only", "only members", "behind login", "behind a login", "behind authentication", "authmiddleware", "current user", "check the token", "checks the token", "verify the token", "verifies the token", "verify the jwt", "check authentication", "require a valid token",
		"need to login", "needs to login", "must login", "have to login", "has to login", "needs a token", "only registered users", "registered users only", "authentication middleware", "jwt authentication", "token authentication", "with a token", "needs login", "authentication check", "login check", "a login first", "require the user to login",
		"only admins", "only an admin", "only the admin", "only admin users", "only administrators",
		"only staff", "only managers", "only employees", "only moderators", "only editors", "only owners", "only the owner", "only hr", "only teachers", "requires admin", "require admin", "requires an admin", "admin required", "admin access", "admin rights", "admin only", "admins only")
	weak = phrases("authentication", "with jwt", "jwt", "token")
)

func phrases(texts ...string) [][]string {
	all := make([][]string, len(texts))
	for i, t := range texts {
		all[i] = strings.Fields(t)
	}
	return all
}

// usual are the fields of things that people often store.
var usual = map[string]string{
	"user": "name email", "product": "name price", "item": "name quantity", "task": "title status", "todo": "title", "post": "title content", "article": "title content",
	"blog": "title content", "comment": "author text", "note": "title content", "order": "product quantity", "book": "title author", "event": "title date", "review": "rating text",
	"contact": "name email message", "feedback": "name email message", "message": "name email message", "customer": "name email", "subscriber": "email", "lead": "name email", "ticket": "title description",
	"booking": "name email date", "appointment": "name email date", "reservation": "name email date", "employee": "name email", "student": "name email", "movie": "title year", "invoice": "customer amount", "payment": "amount currency",
	"expense": "description amount", "project": "name description", "category": "name", "member": "name email", "recipe": "title ingredients", "car": "make model year", "newsletter": "email", "log": "message", "job": "title description", "song": "title artist",
}
