"""Reports for agents, over the Model Context Protocol.

folder ─ library.live ─> store, encoder ─ ask, library, citation, verify ─ outputs ─┐
                                                                                    v
            agent <─ transports: stdio, HTTP <─ server <─ tools, resources, prompt
"""
