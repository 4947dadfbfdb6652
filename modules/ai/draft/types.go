package draft

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// typeNames are what models call step types beside their real names. Names that
// say that a password is compared must not get lost: without that step anyone
// would be let in.
var typeNames = map[string]string{
	"input":           "userinput apiinput request trigger webhook start form httptrigger apirequest inputs payload entry endpoint apiendpoint forminput requestinput inputnode receive receiverequest begin",
	"inputValidation": "validate validation validator validateinput inputvalidator checkinput schemavalidation datavalidation requestvalidation validaterequest validatedata formvalidation validatefields validateform",
	"dbFind":          "find findone findmany dbquery query read dbread get fetch lookup search select list dbselect dbget databasefind databasequery databaseread mongofind mongodbfind finddata dbfindone dbfindmany dblookup finduser getdata fetchdata dbsearch dblist findrecord findrecords",
	"dbInsert":        "insert create save store add dbcreate dbsave dbadd dbstore dbwrite databaseinsert databasecreate databasesave createrecord insertone dbinsertone mongoinsert mongodbinsert insertdata createuser saveuser savedata insertrecord insertuser dbinsertmany",
	"dbUpdate":        "update modify patch dbmodify dbpatch databaseupdate updateone updatemany dbupdateone dbupdatemany updaterecord updatedata mongoupdate mongodbupdate updateuser",
	"dbDelete":        "delete remove destroy dbremove databasedelete deleteone deletemany dbdeleteone dbdeletemany deleterecord deletedata mongodelete mongodbdelete deleteuser",
	"emailSend":       "email mail sendemail sendmail mailsend emailnotification smtp emailsender mailer notifyemail sendnotification emailservice sendwelcomeemail",
	"userLogin":       "login signin loginuser authenticateuser comparepassword verifypassword passwordcheck checkpassword checkcredentials verifycredentials passwordverify bcryptcompare passwordcompare passwordverification validatecredentials comparepasswords logincheck userauthentication",
	"authMiddleware":  "auth authcheck authentication requireauth jwtverify verifyjwt verifytoken tokenverify checkauth authguard protect checktoken bearerauth jwtauth authorization authenticate tokencheck jwtverification verifyauth jwtmiddleware middleware protected requirelogin authverify jwtcheck validatetoken",
	"jwtGenerate":     "jwt token generatejwt generatetoken jwtsign signjwt signtoken createtoken tokengenerate jwtcreate jwttoken issuetoken createjwt tokengeneration jwtgeneration tokengenerator jwtgenerator generateaccesstoken",
	"delay":           "wait sleep pause timer timeout",
	"response":        "respond return output end result reply answer final finish apiresponse sendresponse httpresponse returnresponse jsonresponse finalresponse successresponse errorresponse responsesend resp",
}

// findType finds a step type by its name, however it is written.
func (b *builder) findType(written string) *engine.StepType {
	if t, ok := b.types.Get(written); ok {
		return t
	}
	name := plain(written)
	if name == "" {
		return nil
	}
	for {
		for _, t := range b.types.All() {
			if plain(t.Type) == name || slices.Contains(strings.Fields(typeNames[t.Type]), name) {
				return t
			}
		}
		shorter := name
		for _, suffix := range []string{"node", "step", "action", "task", "block"} {
			shorter = strings.TrimSuffix(shorter, suffix)
		}
		if shorter == name || shorter == "" {
			return nil
		}
		name = shorter
	}
}

// guards are words in the names of unknown types that say that the step decides
// whether the run goes on. Without it the workflow would do what it must not.
var guards = []string{"condition", "if", "switch", "branch", "role", "permission", "guard", "verify", "captcha", "otp", "check", "limit", "filter", "loop", "foreach"}

// dropUnknown keeps a node of an unknown type only for its edges.
func (b *builder) dropUnknown(n *node, o doc.Object) {
	n.dropped = true
	name := plain(n.kind)
	isGuard := func(word string) bool { return name == word || len(word) > 2 && strings.Contains(name, word) }
	if slices.ContainsFunc(guards, isGuard) {
		b.problem(n.id, "there is no step type %q, and without it the workflow would lose a check; steps run one after the other, without conditions or loops, and a step that fails ends the run. Use only: %s",
			shorten(n.kind, 40), strings.Join(b.typeList(), ", "))
		return
	}
	b.note("the step %q has the unknown type %q and is left out", n.id, shorten(n.kind, 40))
	output := ""
	for _, source := range append(holders(&engine.StepType{}, doc.Child(o, "data")), append(holders(&engine.StepType{}, o), doc.Child(o, "data"), o)...) {
		if _, v, ok := lookup(source, outputNames); ok && output == "" {
			output = bareName(v)
		}
	}
	if output != "" {
		b.lost[output] = true
	}
	b.lost[n.id] = true
	if strings.Contains(name, "hash") || strings.Contains(name, "bcrypt") || strings.Contains(name, "encrypt") {
		b.hashed(n.id, output, o)
	}
}

func (b *builder) typeList() []string {
	var names []string
	for _, t := range b.types.All() {
		names = append(names, t.Type)
	}
	return names
}

// hashed lets what a step that hashes a password would have set be the password
// itself: dbInsert and dbUpdate hash it.
func (b *builder) hashed(id, output string, o doc.Object) {
	source := ""
	eachPath(tidy(o), func(path string) {
		if source == "" {
			source = path
		}
	})
	if source == "" {
		source = "password"
	}
	b.alias[id] = source
	if output != "" {
		b.alias[output] = source
	}
	for _, name := range []string{"hashedPassword", "passwordHash", "hash", "hashed"} {
		b.alias[name] = source
	}
}
