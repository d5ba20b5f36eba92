# Makes the tables of client/platform/contract.h out of the contract itself, so
# that the platform checks what client/link/openapi.yaml says and nothing else.
# usage: LC_ALL=C.UTF-8 awk -f contract.awk openapi.yaml > contract_table.c
#
# It reads a narrow YAML: two blanks a level; a schema is a block with one
# property a line, or one line; parameters are one line each; "description"
# stands last in a line. Anything else it takes for granted is left to the
# judges that read all of YAML.

{ line[NR] = $0 }

function indent(n) { match(line[n], /^ */); return RLENGTH }

function fail(n, why) {
	printf "%s:%d: %s\n", FILENAME, n, why > "/dev/stderr"
	failed = 1
	exit 1
}

# What stands behind "name: " up to the next comma or brace.
function attribute(s, name) {
	if (!match(s, "[{ ]" name ": [^,}]*"))
		return ""
	s = substr(s, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
	gsub(/'/, "", s)
	return s
}

function number(s, name, otherwise) {
	s = attribute(s, name)
	return s == "" ? otherwise : "INT64_C(" s ")"
}

function reference(s) {
	if (!match(s, /#\/components\/[a-z]*\/[a-z0-9_]*/))
		return ""
	s = substr(s, RSTART, RLENGTH)
	sub(/.*\//, "", s)
	return s
}

# "enum: [a, b]" as a C array; its name.
function values_of(s, name, list, count, i) {
	if (!match(s, /enum: \[[^]]*\]/))
		return ""
	s = substr(s, RSTART + 7, RLENGTH - 8)
	name = "values_" ++serial
	count = split(s, list, /, */)
	s = ""
	for (i = 1; i <= count; i++) {
		gsub(/'/, "", list[i])
		if (list[i] != "null")
			s = s "\"" list[i] "\", "
	}
	printf "static const char *const %s[] = {%sNULL};\n", name, s
	return name
}

function kind_of(s, type) {
	type = attribute(s, "format")
	if (type == "uuid")
		return "FIELD_UUID"
	if (type == "date")
		return "FIELD_DAY"
	if (type == "date-time")
		return "FIELD_TIME"
	if (s ~ /type: \[string/)
		return "FIELD_TEXT"
	if (s ~ /const: true/)
		return "FIELD_TRUE"
	type = attribute(s, "type")
	if (type == "string")
		return "FIELD_TEXT"
	if (type == "integer" || s ~ /type: \[integer/)
		return "FIELD_INT"
	if (type == "boolean")
		return "FIELD_BOOL"
	if (type == "array")
		return "FIELD_ARRAY"
	return type == "object" ? "FIELD_OBJECT" : "FIELD_ANY"
}

# One row of a table: name, what the contract says of it, is it required.
function row(name, s, required, ref, empty, out, kind, pattern, items, v) {
	if (s ~ /^ *\{ *anyOf/)
		s = "{type: object}"
	ref = reference(s)
	if (s ~ /^ *\{ *\$ref/ && ref ~ /^optional_/)
		return sprintf("{\"%s\", FIELD_%s, %s, .nullable = true, " \
			".empty = true}", name, toupper(substr(ref, 10)),
			required ? "true" : "false")
	if (s ~ /^ *\{ *\$ref/ && ref in scalar)
		return row(name, scalar[ref], required)
	sub(/, description: .*$/, "}", s)
	if (match(s, /pattern: '[^']*'/)) {
		pattern = substr(s, RSTART + 10, RLENGTH - 11)
		s = substr(s, 1, RSTART - 1) substr(s, RSTART + RLENGTH)
		gsub(/\\/, "\\\\", pattern)
	}
	items = ""
	if (match(s, /items: /)) {
		items = substr(s, RSTART + 7)
		s = substr(s, 1, RSTART - 1)
	}
	kind = s ~ /^ *\{ *\$ref/ ? "FIELD_OBJECT" : kind_of(s)
	if (pattern == "^[0-9a-f]{64}$") {
		kind = "FIELD_SHA256"
		pattern = ""
	}
	out = sprintf("{%s, %s, %s", name == "" ? "NULL" : "\"" name "\"", kind,
		required ? "true" : "false")
	if (kind == "FIELD_INT")
		out = out ", " number(s, "minimum", "-CONTRACT_WHOLE_MAX") ", " \
			number(s, "maximum", "CONTRACT_WHOLE_MAX")
	else if (kind == "FIELD_ARRAY")
		out = out ", " number(s, "minItems", 0) ", " \
			number(s, "maxItems", "CONTRACT_LENGTH_MAX")
	else if (kind == "FIELD_TEXT")
		out = out ", " number(s, "minLength", 0) ", " \
			number(s, "maxLength", "CONTRACT_LENGTH_MAX")
	v = values_of(s)
	if (v != "")
		out = out ", .values = " v
	if (pattern != "")
		out = out ", .pattern = \"" pattern "\""
	if (s ~ /'null'/)
		out = out ", .nullable = true"
	if (kind == "FIELD_OBJECT" && ref in tables)
		out = out ", .fields = schema_" ref
	ref = reference(items)
	if (ref in tables)
		out = out ", .fields = schema_" ref
	else if (items != "") {
		sub(/\} *$/, "", items)
		v = row("", items, 1)
		printf "static const struct field item_%d = %s;\n", ++serial, v
		out = out ", .item = &item_" serial
	}
	return out "}"
}

# "name: {...}" at the beginning of a line.
function name_of(s) { sub(/^ */, "", s); sub(/:.*/, "", s); return s }
function rest_of(s) { sub(/^ *[A-Za-z0-9_-]*: */, "", s); return s }

function begin(word, n) {
	for (n = 1; n <= NR; n++)
		if (line[n] == word)
			return n + 1
	fail(NR, "no " word)
}

function collect(n) {
	for (n = begin("  schemas:"); n <= NR; n++)
		if (line[n] ~ /^    [a-z0-9_]+: \{/)
			scalar[name_of(line[n])] = rest_of(line[n])
		else if (line[n] ~ /^    [a-z0-9_]+:$/)
			tables[name_of(line[n])] = n
	for (n = begin("  parameters:"); indent(n) > 2; n++)
		parameter[name_of(line[n])] = rest_of(line[n])
	for (name in tables)
		printf "extern const struct field schema_%s[];\n", name
}

function emit_table(name, n, list, required, count, i, body) {
	for (n++; n <= NR && indent(n) > 4; n++)
		if (line[n] ~ /^      required: \[/) {
			list = line[n]
			gsub(/^ *required: \[|\]$/, "", list)
			count = split(list, part, /, */)
			for (i = 1; i <= count; i++)
				needed[name, part[i]] = 1
		}
	body = ""
	for (n = tables[name] + 1; n <= NR && indent(n) > 4; n++)
		if (line[n] ~ /^        [a-z0-9_]+: \{/)
			body = body "\t" row(name_of(line[n]),
				rest_of(line[n]),
				(name, name_of(line[n])) in needed) ",\n"
	printf "const struct field schema_%s[] = {\n%s\t{NULL},\n};\n", name, body
}

# A list of parameters; what[] gets the rows by place: path, query, header.
function take_parameters(n, depth, s, place, schema) {
	for (; indent(n) == depth && line[n] ~ /^ *- \{/; n++) {
		s = line[n]
		sub(/^ *- /, "", s)
		if (s ~ /components\/parameters/) {
			if (!(reference(s) in parameter))
				fail(n, "no such parameter")
			s = parameter[reference(s)]
		}
		place = attribute(s, "in")
		if (!match(s, /schema: /))
			fail(n, "a parameter without a schema")
		schema = substr(s, RSTART + 8)
		sub(/\} *$/, "", schema)
		what[place] = what[place] "\t" row(attribute(s, "name"), schema,
			s ~ /required: true/) ",\n"
	}
}

function emit_parameters(place, name) {
	if (what[place] == "")
		return "NULL"
	name = place "_" ++serial
	printf "static const struct field %s[] = {\n%s\t{NULL},\n};\n", name,
		what[place]
	return name
}

function emit_operation(path, common, n, method, body, media, depth, is_body) {
	method = toupper(name_of(line[n]))
	split("", what)
	if (common)
		take_parameters(common, 6)
	for (n++; n <= NR && (line[n] == "" || indent(n) > 4); n++) {
		if (indent(n) == 6)
			is_body = line[n] ~ /requestBody:/
		if (line[n] ~ /^      parameters:$/)
			take_parameters(n + 1, 8)
		if (is_body && indent(n) == 10 && media == "")
			media = name_of(line[n])
		if (is_body && line[n] ~ /^            schema: .*\$ref/)
			body = reference(line[n])
	}
	operations = operations sprintf("\t{METHOD_%s, \"%s\", %s, %s, %s, %s},\n",
		method, path, emit_parameters("path"), emit_parameters("query"),
		emit_parameters("header"), body in tables ? "schema_" body : "NULL")
}

function walk_paths(n, path, common) {
	for (n = begin("paths:"); line[n] == "" || line[n] ~ /^ /; n++) {
		if (indent(n) == 2) {
			path = line[n]
			gsub(/^  |:$/, "", path)
			common = 0
		} else if (line[n] == "    parameters:")
			common = n + 1
		else if (line[n] ~ /^    (get|head|post|put|patch|delete|options):$/)
			emit_operation(path, common, n)
	}
}

END {
	if (failed)
		exit 1
	print "/* Made from client/link/openapi.yaml by contract.awk. */"
	print "#include \"client/platform/contract.h\"\n"
	collect()
	for (name in tables)
		emit_table(name, tables[name])
	walk_paths()
	printf "const struct operation contract_operations[] = {\n%s};\n", operations
	print "const size_t contract_operation_count ="
	print "\tsizeof(contract_operations) / sizeof(contract_operations[0]);"
	print "const struct contract_schema contract_schemas[] = {"
	for (name in tables)
		printf "\t{\"%s\", schema_%s},\n", name, name
	print "\t{NULL, NULL},\n};"
}
