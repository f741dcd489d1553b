-- What a person does in Neovim, versions 0.7 and later. What is seen is written as JSON
-- into the file that DEWAR_SEEN names.
local seen = {}

-- await waits until what f returns is true, or says what was waited for.
local function await(what, f)
  if not vim.wait(30000, f, 10) then error("waited in vain for " .. what) end
end

local function lines(buffer) return table.concat(vim.api.nvim_buf_get_lines(buffer or 0, 0, -1, false), "\n") end

local function says(pattern)
  for _, d in ipairs(vim.diagnostic.get(0)) do
    if (d.code .. ": " .. d.message):find(pattern) then return true end
  end
end

-- at puts the cursor before a text, and chars further.
local function at(text, chars)
  vim.fn.cursor(1, 1)
  if vim.fn.search("\\V" .. text, "cW") == 0 then error("there is no " .. text) end
  vim.fn.cursor(0, vim.fn.col(".") + (chars or 0))
end

local function type_keys(keys)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), "x", false)
end

local function ask(method)
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  for _, answer in pairs(vim.lsp.buf_request_sync(vim.api.nvim_get_current_buf(), method, params, 30000) or {}) do
    return answer.result
  end
end

local function run()
  vim.cmd("edit pipeline.hcl")
  await("what lints find", function() return says("W%-param%-unused") end)
  seen.filetype = vim.bo.filetype

  at("param.seed", 6)
  type_keys("ix<Esc>")
  await("a mistake", function() return says("E%-ref%-unknown.*Did you mean") end)
  type_keys("u")
  await("what lints find again", function() return says("W%-param%-unused") end)

  at("echo", -1)
  type_keys("iparam., <Esc>")
  at("param., ", 6)
  seen.completed = {}
  for _, item in ipairs(ask("textDocument/completion").items) do table.insert(seen.completed, item.label) end
  type_keys("u")

  at("join(", 1)
  seen.hover = ask("textDocument/hover").contents.value

  at("label", 1)
  vim.lsp.buf.rename("name")
  await("the new name", function() return lines():find("local.name") end)
  at("echo") -- on its line formatting has something to do
  type_keys("I    <Esc>")
  if vim.lsp.buf.format then vim.lsp.buf.format({ timeout_ms = 30000 }) else vim.lsp.buf.formatting_sync({}, 30000) end
  seen.text = lines()
  vim.cmd("silent write")

  vim.cmd("edit params.yaml")
  at("3")
  type_keys("xia lot<Esc>")
  await("a mistake of a params file that is not saved", function() return says("E%-") end)
end

local ok, failure = pcall(run)
if not ok then seen.failure = tostring(failure) end
local out = io.open(os.getenv("DEWAR_SEEN"), "w")
out:write(vim.fn.json_encode(seen))
out:close()
vim.cmd("qall!")
